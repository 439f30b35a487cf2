import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PROFILES } from "../../src/manifest/plugins/profiles.ts";
import type { Report } from "../../src/report/report.ts";
import { formatText } from "../../src/report/text.ts";
import { type Files, issuesOf, reviewFiles } from "../manifest/review-files.ts";

const side = (name: "base" | "head"): Files => {
  const read = (file: string) =>
    readFileSync(new URL(`../../examples/three-tier/${name}/${file}`, import.meta.url), "utf8");
  return {
    "workloads.yaml": read("workloads.yaml"),
    "db.yaml": read("db.yaml"),
    ".github/netpol-review.yml": read(".github/netpol-review.yml"),
  };
};
/** The same trees where both policies name the port instead of numbering it. */
const named = (files: Files): Files => ({
  ...files,
  "db.yaml": String(files["db.yaml"]).replaceAll("port: 3306", "port: mysql"),
  "workloads.yaml": String(files["workloads.yaml"]).replace(
    "containerPort: 3306",
    "containerPort: 3306\n              name: mysql",
  ),
});

const first = (report: Report): readonly string[] => {
  const lines = formatText(report, { color: false, width: undefined }).split("\n");
  const told = lines.filter((line) => /^(NOT ENFORCED|Any|Every|Warning|[^ ].* may now)/.test(line));
  return [lines[0] ?? "", ...told];
};
const rows = (report: Report): readonly string[] =>
  report.clusters.flatMap(({ groups }) => groups.map(({ src, dst, opened }) => `${src} → ${dst}: ${opened}`));
const deviations = (report: Report): readonly string[] =>
  report.clusters.flatMap((cluster) => cluster.deviations.map(({ text, at }) => `${text} (${at.file}:${at.line})`));
const cell = (lines: readonly string[]) =>
  [...new Set(lines)].map((line) => line.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join("<br>") || "–";

async function table(base: Files, head: Files): Promise<string> {
  const lines = [
    "| Plugin | Conclusion | What the review says | Flows that open | Where the plugin does something else |",
    "| --- | --- | --- | --- | --- |",
  ];
  const alike = new Map<string, string[]>();
  for (const { name, title } of PROFILES) {
    const report = await reviewFiles(base, head, { cni: name });
    const issues = issuesOf(report).map(({ message }) => message);
    const said = [...first(report), ...issues];
    const outcome = `${report.conclusion} | ${cell(said)} | ${cell(rows(report))} | ${cell(deviations(report))}`;
    alike.set(outcome, [...(alike.get(outcome) ?? []), `${title} (\`${name}\`)`]);
  }
  for (const [outcome, plugins] of alike) lines.push(`| ${plugins.join("<br>")} | ${outcome} |`);
  return lines.join("\n");
}

describe("the three-tier example under every plugin", () => {
  test("docs/plugins-three-tier.md is what the product says", async () => {
    const page = `# The three-tier example under each network plugin

What \`netpol-review diff examples/three-tier/base examples/three-tier/head --cni NAME\` says: the change opens the database from
\`app: api\` to every namespace. Made by \`__tests__/docs/plugins-three-tier.test.ts\`; what each plugin enforces, and how
sure that is, stands in [plugins.md](plugins.md).

${await table(side("base"), side("head"))}

## With the port by its name

The same two trees, but both policies say \`port: mysql\` and the database's container declares that name.

${await table(named(side("base")), named(side("head")))}
`;
    await expect(page).toMatchFileSnapshot("../../docs/plugins-three-tier.md");
  });

  test("under Flannel nothing is enforced: said first, no flow changes, each rule is a finding", async () => {
    const report = await reviewFiles(side("base"), side("head"), { cni: "flannel" });
    expect(first(report)[1]).toMatch(/^NOT ENFORCED: flannel enforces no network policy: every flow is allowed/);
    expect(rows(report)).toEqual([]);
    expect(report.clusters.flatMap(({ findings }) => findings.map(({ rule, kind }) => [rule, kind]))).toEqual([
      ["db-ingress", "unenforced"],
    ]);
  });

  test("Weave Net has no policy that names a port: nothing is closed by it on either side", async () => {
    const report = await reviewFiles(named(side("base")), named(side("head")), { cni: "weave-net" });
    expect(rows(report)).toEqual([]);
    expect(report.clusters.flatMap((cluster) => cluster.deviations.map(({ object }) => object))).toEqual([
      "NetworkPolicy production/db",
    ]);
  });
});

const daemonSet = (name: string, image: string) => `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: ${name}, namespace: kube-system }
spec:
  selector: { matchLabels: { k8s-app: ${name} } }
  template:
    metadata: { labels: { k8s-app: ${name} } }
    spec: { hostNetwork: true, containers: [{ name: c, image: "${image}" }] }
`;

describe("a tree that changes its plugin", () => {
  const calico = { "cni.yaml": daemonSet("calico-node", "docker.io/calico/node:v3.29.0") };
  const flannel = { "cni.yaml": daemonSet("kube-flannel-ds", "ghcr.io/flannel-io/flannel:v0.26.0") };

  test("Calico's DaemonSet replaced by Flannel's is told before everything else, and leaves no answer", async () => {
    const report = await reviewFiles({ ...side("base"), ...calico }, { ...side("base"), ...flannel });
    expect(report.conclusion).toBe("error");
    const [, , second = "", third = ""] = formatText(report, { color: false, width: undefined }).split("\n");
    expect(second).toBe("No answer, because of:");
    expect(third).toContain("The network plugin changes from calico to flannel");
  });

  test("another version of the same plugin is no change", async () => {
    const newer = { "cni.yaml": daemonSet("calico-node", "docker.io/calico/node:v3.30.0") };
    const report = await reviewFiles({ ...side("base"), ...calico }, { ...side("base"), ...newer });
    expect(report.conclusion).toBe("success");
  });
});
