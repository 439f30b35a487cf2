import type { YamlNode } from "./node.ts";

/** The value as plain data: objects without a prototype, lists, scalars. What aliases share is shared here, too. */
export function toPlain(node: YamlNode): unknown {
  return plain(node, new Map());
}

function plain(node: YamlNode, done: Map<YamlNode, unknown>): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "seq":
      return remembered(node, done, () => node.items.map((item) => plain(item, done)));
    case "map":
      return remembered(node, done, () => {
        const object: Record<string, unknown> = Object.create(null);
        for (const [key, { value }] of node.entries) object[key] = plain(value, done);
        return object;
      });
  }
}

function remembered(node: YamlNode, done: Map<YamlNode, unknown>, make: () => unknown): unknown {
  if (done.has(node)) return done.get(node);
  const made = make();
  done.set(node, made);
  return made;
}
