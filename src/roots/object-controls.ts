import type { Issue, SourceRef } from "../errors.ts";
import { controlOf } from "../manifest/controls.ts";
import type { YamlMap } from "../manifest/yaml/node.ts";
import { textAt } from "./fields.ts";
import { decidesFlows } from "./relevant.ts";

/** An object by its name, `Kind namespace/name`, and what it says about its own delivery. */
export type Controlled = { readonly name: string; readonly control: string | undefined; readonly source: SourceRef };

/** Objects that say about themselves whether they are applied at all, where that differs. */
export function controlIssues(base: readonly Controlled[], head: readonly Controlled[]): Issue[] {
  const before = new Map(base.map(({ name, control }) => [name, control]));
  return head.flatMap(({ name, control, source }): Issue[] => {
    const old = before.get(name);
    if (control === old) return [];
    const cause = control === undefined ? `no longer says \`${old}\`` : `says \`${control}\``;
    const message = `\`${name}\` ${cause}: whether it is applied is not decided by this tree`;
    return [{ code: "NOT_ANALYSED", severity: "error", at: source, message, subject: name, hides: true }];
  });
}

/** A rendered object that has pods or says who may reach them; `namespace` where it names none. */
export function controlled(node: YamlMap, source: SourceRef, namespace: string): readonly Controlled[] {
  if (!decidesFlows(node)) return [];
  const own = textAt(node, "metadata", "namespace")?.text ?? namespace;
  const name = `${textAt(node, "kind")?.text ?? ""} ${own}/${textAt(node, "metadata", "name")?.text ?? ""}`;
  return [{ name, control: controlOf(node), source }];
}
