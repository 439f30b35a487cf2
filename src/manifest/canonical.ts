import type { YamlNode } from "./yaml/node.ts";

/** Longest text that `canonical` makes, in characters; aliases can make a small document endless. */
const LONGEST = 200_000;

/**
 * One text for equal values, whatever their layout and the order of keys; without places. `undefined` where it would
 * be too long to compare.
 */
export function canonical(node: YamlNode): string | undefined {
  const out: string[] = [];
  return write(node, out, LONGEST) > 0 ? out.join("") : undefined;
}

/** Writes `node` and returns what is left of `budget`; nothing more is written once it is used up. */
function write(node: YamlNode, out: string[], budget: number): number {
  if (budget <= 0) return 0;
  if (node.kind === "scalar") {
    const text = typeof node.value === "number" ? node.text : JSON.stringify(node.value);
    out.push(text);
    return budget - text.length;
  }
  let left = budget - 2;
  if (node.kind === "seq") {
    out.push("[");
    for (const item of node.items) {
      if (left <= 0) return 0;
      left = write(item, out, left - 1);
      out.push(",");
    }
    out.push("]");
    return left;
  }
  out.push("{");
  for (const key of [...node.entries.keys()].sort()) {
    const entry = node.entries.get(key);
    if (entry === undefined || left <= 0) return left;
    out.push(JSON.stringify(key), ":");
    left = write(entry.value, out, left - key.length - 3);
    out.push(",");
  }
  out.push("}");
  return left;
}
