import type { Issue, SourceRef } from "../errors.ts";
import type { YamlMap } from "../manifest/yaml/node.ts";
import { textAt } from "./fields.ts";
import { decidesFlows } from "./relevant.ts";

/** One object with its place; `namespace` where the object names none. */
export type PlacedObject = { readonly node: YamlMap; readonly source: SourceRef; readonly namespace: string };

/** Annotations by which an object asks not to be applied, or to be applied at its own time. */
const CONTROLS: readonly string[] = [
  "kustomize.toolkit.fluxcd.io/reconcile",
  "kustomize.toolkit.fluxcd.io/ssa",
  "argocd.argoproj.io/hook",
  "helm.sh/hook",
];

/** Policies and workloads whose annotations decide whether they are applied at all, where that differs. */
export function controlIssues(base: readonly PlacedObject[], head: readonly PlacedObject[]): Issue[] {
  const before = new Map(
    base.filter(({ node }) => decidesFlows(node)).map((one) => [identity(one), controlOf(one.node)]),
  );
  const issues: Issue[] = [];
  for (const one of head) {
    if (!decidesFlows(one.node)) continue;
    const name = identity(one);
    const [now, old] = [controlOf(one.node), before.get(name)];
    if (now === old) continue;
    const cause = now === undefined ? `no longer says \`${old}\`` : `says \`${now}\``;
    const message = `\`${name}\` ${cause}: whether it is applied is not decided by this tree`;
    issues.push({ code: "NOT_ANALYSED", severity: "error", at: one.source, message, subject: name, hides: true });
  }
  return issues;
}

function identity({ node, namespace }: PlacedObject): string {
  const own = textAt(node, "metadata", "namespace")?.text ?? namespace;
  return `${textAt(node, "kind")?.text ?? ""} ${own}/${textAt(node, "metadata", "name")?.text ?? ""}`;
}

/** What an object says about its own delivery. Jobs are hooks by trade. */
function controlOf(node: YamlMap): string | undefined {
  if (textAt(node, "kind")?.text === "Job") return undefined;
  const said = CONTROLS.flatMap((key) => {
    const value = textAt(node, "metadata", "annotations", key)?.text;
    return value === undefined ? [] : [`${key}: ${value}`];
  });
  return said.length === 0 ? undefined : said.join(", ");
}
