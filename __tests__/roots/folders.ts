import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { NO_CONFIG, type RootsConfig } from "../../src/roots/config-types.ts";
import { type Deployed, deployed } from "../../src/roots/deployed.ts";
import { execute } from "../../src/roots/execute.ts";
import { plan } from "../../src/roots/plan.ts";
import type { Plan } from "../../src/roots/plan-types.ts";
import { directoryTree } from "../../src/tree/directory.ts";
import { findTools, type Tools } from "../../src/tree/render-tools.ts";
import type { Tree } from "../../src/tree/tree.ts";

/** Files by path; a text that starts with `-> ` is a link. */
export type Files = Readonly<Record<string, string>>;

export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), "netpol-roots-"));
}

export function treeOf(files: Files, label = "tree"): Tree {
  const folder = freshFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (text.startsWith("-> ")) symlinkSync(text.slice(3), join(folder, path));
    else writeFileSync(join(folder, path), text);
  }
  return directoryTree(folder, { label });
}

export const tools: Tools = await findTools(process.env.PATH ?? "", freshFolder());
export const hasKustomize = tools.kustomize !== undefined;
export const hasHelm = tools.helm !== undefined;

export function planOf(base: Files, head: Files, config: Partial<RootsConfig> = {}): Plan {
  return plan(treeOf(base, "base"), treeOf(head, "head"), { ...NO_CONFIG, ...config });
}

export async function deploy(base: Files, head: Files = base, config: Partial<RootsConfig> = {}): Promise<Deployed> {
  return run(planOf(base, head, config));
}

export async function run(planned: Plan, some: Tools = tools, everything = true): Promise<Deployed> {
  const options = { tools: some, scratch: freshFolder(), proxies: {}, everything };
  return deployed(planned, await execute(planned, options));
}

/** `Kind namespace/name file:line`, sorted. */
export function objects({ documents }: Deployed["clusters"][number]["base"]): string[] {
  return documents
    .map(({ node, source }) => {
      const text = (key: string): string | undefined => {
        const metadata = node.entries.get("metadata")?.value;
        const value = metadata?.kind === "map" ? metadata.entries.get(key)?.value : undefined;
        return value?.kind === "scalar" ? String(value.value) : undefined;
      };
      const kind = node.entries.get("kind")?.value;
      const namespace = text("namespace");
      return `${kind?.kind === "scalar" ? kind.value : ""} ${namespace === undefined ? "" : `${namespace}/`}${text("name")} ${source.file}:${source.line}`;
    })
    .sort();
}

export const policy = (name: string, namespace?: string): string =>
  `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}
${namespace === undefined ? "" : `  namespace: ${namespace}\n`}spec:
  podSelector: {}
  policyTypes: [Ingress]
`;

export const deployment = (name: string, labels = `app: ${name}`): string =>
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { ${labels} } }
  template:
    metadata: { labels: { ${labels} } }
    spec: { containers: [{ name: main, image: ${name}:1 }] }
`;

export const kustomization = (...resources: readonly string[]): string =>
  `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: ${JSON.stringify(resources)}
`;
