import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { netpolReview } from "../cli/command.ts";
import { isThere, REAL, skipped } from "./pairs.ts";

/** What `explain` says of a pair: connection, verdict now and before, and where the rules stand that decide in head. */
function explained(pair: string, from: string, to: string, ...more: readonly string[]): readonly string[] {
  const ends = ["--from", from, "--to", to, ...more, "-o", "json"];
  const { exit, stdout } = netpolReview(join(REAL, pair), "explain", "base", "head", ...ends);
  expect(exit).toBe(0);
  const report: Explained = JSON.parse(stdout);
  return report.parts.map(({ conn, verdict, base, ingress }) => {
    const places = ingress.map(({ object, rule, line }) => `${object.split("/").at(-1)} ${rule}:${line}`);
    return `${conn} ${verdict}, was ${base.verdict}: ${places.join(", ")}`;
  });
}

type Explained = {
  readonly parts: readonly {
    readonly conn: string;
    readonly verdict: string;
    readonly base: { readonly verdict: string };
    readonly ingress: readonly { readonly object: string; readonly rule: string; readonly line: number }[];
  }[];
};

describe.skipIf(!isThere)(`explain, asked about real pull requests${skipped}`, () => {
  it("eso-ipblock-added: two rules admit the new block, each to its port", () => {
    const labels =
      "app.kubernetes.io/instance=external-secrets-operator,app.kubernetes.io/name=external-secrets-webhook";
    const webhook = `external-secrets-operator/[pod with {${labels}}]`;
    const [first, second, rest] = explained("eso-ipblock-added", "172.17.3.4", webhook);
    expect(first).toBe("TCP 8081 allowed, was blocked: allow-health-checks-ingress ingress[0]:88");
    expect(second).toBe("TCP 10250 allowed, was blocked: allow-webhook-ingress ingress[0]:19");
    expect(rest).toMatch(/^SCTP 1-65535,TCP 1-8080,8082-10249,10251-65535,UDP 1-65535 blocked, was blocked: /);
    const [elsewhere] = explained("eso-ipblock-added", "203.0.113.9", webhook, "--port", "TCP/10250");
    expect(elsewhere).toMatch(/^TCP 10250 blocked, was blocked: /);
  });

  it("nslister-or-to-and: one dash less, and only the proxy of the other namespace stays admitted", () => {
    const asked = (from: string) =>
      explained("nslister-or-to-and", from, "namespace-lister/namespace-lister", "--port", "TCP/8080");
    const isolating = "allow-from-konflux-ui :2, allow-from-openshift-user-workload-monitoring :2";
    expect(asked("konflux-ui/[all pods]")).toEqual([`TCP 8080 blocked, was allowed: ${isolating}`]);
    expect(asked("namespace-lister/[pod with {app=proxy}]")).toEqual([`TCP 8080 blocked, was allowed: ${isolating}`]);
    expect(asked("konflux-ui/[pod with {app=proxy}]")).toEqual([
      "TCP 8080 allowed, was allowed: allow-from-konflux-ui ingress[0]:13",
    ]);
  });

  it("moj-wrong-namespace-fixed: the namespace is closed but for its own pods and the ingress controllers", () => {
    const name = "hmpps-electronic-monitoring-person-match-dev";
    const asked = (from: string) => explained("moj-wrong-namespace-fixed", from, `${name}/[all pods]`);
    const isolating = "allow-ingress-controllers :15, default :3";
    expect(asked("other/[all pods]")).toEqual([`All Connections blocked, was allowed: ${isolating}`]);
    expect(asked("203.0.113.9")).toEqual([`All Connections blocked, was allowed: ${isolating}`]);
    expect(asked("[namespace with {component=ingress-controllers}]/[all pods]")).toEqual([
      "All Connections allowed, was allowed: allow-ingress-controllers ingress[0]:25",
    ]);
    expect(asked(`${name}/[all pods]`)).toEqual(["All Connections allowed, was allowed: default ingress[0]:12"]);
  });
});
