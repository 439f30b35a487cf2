import { describe, expect, it } from "vitest";
import { declared, isThere, isUndeclared, line, lines, RAW, reviewed, skipped } from "./pairs.ts";

const ALL = "All Connections";
const NONE = "No Connections";

describe.skipIf(!isThere)(`real pull requests, against what people worked out by hand${skipped}`, () => {
  describe("argocd-ingress-policies-added", () => {
    const set = "default/argocd-applicationset-controller[Deployment]";
    const notify = "default/argocd-notifications-controller[Deployment]";
    const sources = [
      "application-controller[StatefulSet]",
      "applicationset-controller[Deployment]",
      "dex-server[Deployment]",
      "notifications-controller[Deployment]",
      "redis[Deployment]",
      "repo-server[Deployment]",
      "server[Deployment]",
    ].map((name) => `default/argocd-${name}`);

    it("narrows twelve pairs of declared workloads, cuts the outside off, and widens none", async () => {
      const report = await reviewed("argocd-ingress-policies-added");
      const pairs = (dst: string, conn: string) =>
        sources.filter((src) => src !== dst).map((src) => `${src} => ${dst}: ${ALL} -> ${conn}`);
      const outside = [set, notify].map((dst) => `0.0.0.0/0,::/0 => ${dst}: ${ALL} -> ${NONE}`);
      expect(lines(declared(report))).toEqual(
        [...pairs(set, "TCP 7000,8080"), ...pairs(notify, "TCP 9001"), ...outside].sort(),
      );
      expect(report.summary.opened).toBe(0);
    });

    it("says the same of any other pod of the cluster", async () => {
      const { changes } = await reviewed("argocd-ingress-policies-added");
      const any = changes.filter(({ src, dst }) => src === "entire-cluster" && !isUndeclared(dst));
      expect(lines(any)).toEqual([
        `entire-cluster => ${set}: ${ALL} -> TCP 7000,8080`,
        `entire-cluster => ${notify}: ${ALL} -> TCP 9001`,
      ]);
    });

    it("reads as one row for each destination, and one for the outside, each with its new policy", async () => {
      const { groups } = await reviewed("argocd-ingress-policies-added");
      expect(groups.map(({ src, dst }) => `${src} => ${dst}`).sort()).toEqual([
        `any address outside the cluster => ${set}, ${notify}`,
        `any pod in the cluster => ${set}`,
        `any pod in the cluster => ${notify}`,
      ]);
      const added = (name: string) =>
        `NetworkPolicy default/argocd-${name}-controller-network-policy is new and selects`;
      const told = groups.map(({ causes }) => causes.map(({ object, text }) => `${object} ${text}`).sort());
      expect(told.sort((a, b) => a.length - b.length || a.join().localeCompare(b.join()))).toEqual([
        [added("applicationset")],
        [added("notifications")],
        [added("applicationset"), added("notifications")],
      ]);
    });
  });

  describe("kubeprom-version-bump-noop", () => {
    it("changes nothing, although 34 files differ", async () => {
      const report = await reviewed("kubeprom-version-bump-noop");
      expect([report.conclusion, report.changes, report.groups]).toEqual(["success", [], []]);
      expect([report.summary.workloadsAdded, report.summary.workloadsRemoved]).toEqual([0, 0]);
    });
  });

  describe("moj-wrong-namespace-fixed", () => {
    const right = "hmpps-electronic-monitoring-person-match-dev/[all pods]";
    const wrong = "hmpps-electronic-monitoring-data-person-match-dev/[all pods]";

    it("closes the namespace that head declares to other pods and to the outside, and opens the one that base declared", async () => {
      const { changes } = await reviewed("moj-wrong-namespace-fixed");
      expect(lines(changes)).toEqual(
        [
          ...["0.0.0.0/0,::/0", "entire-cluster", wrong].map((src) => `${src} => ${right}: ${ALL} -> ${NONE}`),
          ...["0.0.0.0/0,::/0", "entire-cluster", right].map((src) => `${src} => ${wrong}: ${NONE} -> ${ALL}`),
        ].sort(),
      );
    });

    it("leaves its own pods and the ingress controllers' namespaces, and all egress, as they are", async () => {
      const { changes } = await reviewed("moj-wrong-namespace-fixed");
      const kept = changes.filter(({ src, dst }) => src === dst || src.includes("component=ingress-controllers"));
      expect(kept).toEqual([]);
      expect(changes.filter(({ dst }) => dst !== right && dst !== wrong)).toEqual([]);
    });

    it("warns of no namespace that is not declared", async () => {
      const { issues } = await reviewed("moj-wrong-namespace-fixed");
      expect(issues.filter(({ message }) => /namespace/.test(message))).toEqual([]);
    });
  });

  describe("sockshop-label-rename", () => {
    const shop = (name: string) => `sock-shop/${name}[Deployment]`;

    it("removes cart with its two inbound flows and its way to the database", async () => {
      const rows = declared(await reviewed("sockshop-label-rename")).filter(({ type }) => type === "removed");
      const inbound = rows.filter(({ dst }) => dst === shop("cart"));
      expect(lines(inbound)).toEqual([
        `${shop("front-end")} => ${shop("cart")}: TCP 80 -> ${NONE}`,
        `${shop("orders")} => ${shop("cart")}: TCP 80 -> ${NONE}`,
      ]);
      expect(lines(rows)).toContain(`${shop("cart")} => ${shop("cart-db")}: TCP 27017 -> ${NONE}`);
      expect(rows.every(({ note }) => note.startsWith(`workload ${shop("cart")} removed`))).toBe(true);
    });

    it("adds carts with no inbound flow from anything declared, and without the database", async () => {
      const rows = declared(await reviewed("sockshop-label-rename")).filter(({ type }) => type === "added");
      expect(rows.filter(({ dst }) => dst === shop("carts"))).toEqual([]);
      expect(rows.filter(({ dst }) => dst === shop("cart-db"))).toEqual([]);
      expect(lines(rows)).toContain(`${shop("carts")} => ${shop("front-end")}: ${NONE} -> TCP 8079`);
      expect(rows.every(({ note }) => note.startsWith(`workload ${shop("carts")} added`))).toBe(true);
    });

    it("changes nothing between the workloads that stay", async () => {
      const { changes } = await reviewed("sockshop-label-rename");
      expect(changes.filter(({ note }) => note === "").map(line)).toEqual([]);
    });

    it("warns of the policy that selects nothing any more, and of the peer that matches nothing any more", async () => {
      const { issues } = await reviewed("sockshop-label-rename");
      const told = issues.filter(({ code }) => code === "UNMATCHED_SELECTOR").map(({ message }) => message);
      expect(told.some((text) => text.includes("`NetworkPolicy sock-shop/cart-access` selects none"))).toBe(true);
      expect(
        told.some(
          (text) => text.includes("sock-shop/cart-db-access") && text.includes("no declared workload any more"),
        ),
      ).toBe(true);
    });
  });

  describe("nslister-or-to-and", () => {
    const lister = "namespace-lister/namespace-lister[Deployment]";

    it("closes the pods of konflux-ui that are no proxy, and the proxies of its own namespace, and nothing else", async () => {
      const { changes, summary } = await reviewed("nslister-or-to-and", { config: RAW });
      expect(lines(changes.filter(({ dst }) => dst === lister))).toEqual([
        `konflux-ui/[all pods] => ${lister}: TCP 8080 -> ${NONE}`,
        `namespace-lister/[pod with {app=proxy}] => ${lister}: TCP 8080 -> ${NONE}`,
      ]);
      expect(summary.opened).toBe(0);
      expect(changes.every(({ dst, closed }) => dst.startsWith("namespace-lister/") && closed === "TCP 8080")).toBe(
        true,
      );
    });

    it("names the exception, and the rule that no longer allows", async () => {
      const { groups } = await reviewed("nslister-or-to-and", { config: RAW });
      expect(groups.length).toBe(1);
      expect(groups[0]?.src).toContain("any pod in konflux-ui except konflux-ui/[pod with {app=proxy}]");
      expect(groups[0]?.causes.map(({ object, rule, text }) => `${rule} of ${object} ${text}`)).toEqual([
        "ingress[0] of NetworkPolicy namespace-lister/allow-from-konflux-ui no longer allows",
      ]);
    });
  });

  describe("npapi-anp-deny-added", () => {
    const file = "conformance/base/admin_network_policy/core-priority-field.yaml";

    it("evaluates none of the three policies in the shape of 2023, and says where each of them stands", async () => {
      const report = await reviewed("npapi-anp-deny-added");
      expect(report.changes).toEqual([]);
      const rejected = report.issues.filter(({ code }) => code === "REJECTED");
      expect(rejected.map((issue) => [issue.severity, issue.file, (issue.line ?? 0) > 0])).toEqual(
        [0, 1, 2].map(() => ["error", file, true]),
      );
    });

    it("cannot decide where rules are configured", async () => {
      const config =
        "version: 1\nprotected:\n  - name: draco\n    to: { namespace: network-policy-conformance-slytherin }\n";
      expect((await reviewed("npapi-anp-deny-added", { config })).conclusion).toBe("error");
    });
  });

  describe("eso-ipblock-added", () => {
    const pods = (more: string) =>
      `external-secrets-operator/[pod with {app.kubernetes.io/instance=external-secrets-operator${more}}]`;
    const webhook = pods(",app.kubernetes.io/name=external-secrets-webhook");

    it("opens the webhook's port to the webhook's pods and the health port to all of the operator's, and closes nothing", async () => {
      const { changes, summary } = await reviewed("eso-ipblock-added", { config: RAW });
      expect(lines(changes)).toEqual([
        `172.17.0.0/18 => ${webhook}: ${NONE} -> TCP 8081,10250`,
        `172.17.0.0/18 => ${pods("")}: ${NONE} -> TCP 8081`,
      ]);
      expect(summary.closed).toBe(0);
    });

    it("names the rule of each port", async () => {
      const { changes } = await reviewed("eso-ipblock-added", { config: RAW });
      const causes = changes.find(({ dst }) => dst === webhook)?.causes ?? [];
      expect(causes.map(({ object }) => object).sort()).toEqual([
        "NetworkPolicy external-secrets-operator/allow-health-checks-ingress",
        "NetworkPolicy external-secrets-operator/allow-webhook-ingress",
      ]);
    });

    it("says that a private block is taken to hold no pods", async () => {
      const { clusters } = await reviewed("eso-ipblock-added", { config: RAW });
      const texts = clusters.flatMap(({ assumptions }) => assumptions.map(({ text }) => text));
      expect(texts.some((text) => /private block holds no pods/.test(text))).toBe(true);
    });

    it("keeps the policies where the root cannot be rendered, and says so", async () => {
      const report = await reviewed("eso-ipblock-added");
      expect(report.changes.length).toBe(2);
      expect(
        report.issues.some(
          ({ severity, file }) => severity === "error" && file?.endsWith("staging/kustomization.yaml"),
        ),
      ).toBe(true);
    });
  });
});
