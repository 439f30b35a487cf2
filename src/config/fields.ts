import type { Issue } from "../errors.ts";
import type { YamlMap, YamlNode } from "../manifest/yaml/node.ts";

/** Where decoders put what they find wrong. */
export type Report = (line: number, message: string) => void;

/** A report that collects into `issues`. */
export function reporter(file: string, issues: Issue[]): Report {
  return (line, message) => {
    issues.push({ code: "CONFIG_INVALID", severity: "error", at: { file, line }, message });
  };
}

/** The value of a key, where the node is a map that has it. */
export function field(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === "map" ? node.entries.get(key)?.value : undefined;
}

/** The text of a scalar. */
export function textOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

/** The number of a scalar. */
export function numberOf(node: YamlNode | undefined): number | undefined {
  return node?.kind === "scalar" && typeof node.value === "number" ? node.value : undefined;
}

/** The items of a list; none where it is not there. */
export function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === "seq" ? node.items : [];
}

/** The texts of a list, each with its line. */
export function textsOf(node: YamlNode | undefined): readonly { readonly text: string; readonly line: number }[] {
  return itemsOf(node).flatMap((item) => {
    const text = textOf(item);
    return text === undefined ? [] : [{ text, line: item.line }];
  });
}

/** The one of `choices` that the scalar names. */
export function choiceOf<T extends string>(node: YamlNode | undefined, choices: readonly T[]): T | undefined {
  const text = textOf(node);
  return choices.find((choice) => choice === text);
}

/** The keys and values of a map of texts. */
export function labelsOf(node: YamlNode | undefined): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  if (node?.kind !== "map") return labels;
  for (const [key, { value }] of node.entries) {
    const text = textOf(value);
    if (text !== undefined) labels.set(key, text);
  }
  return labels;
}

/** True of a map that has the key. */
export function has(node: YamlNode | undefined, key: string): node is YamlMap {
  return node?.kind === "map" && node.entries.has(key);
}
