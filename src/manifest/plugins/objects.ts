import type { Deviation } from "../../model/cluster.ts";
import { items, member, root } from "../fields.ts";
import type { ManifestObject } from "../object.ts";
import type { YamlMap, YamlNode } from "../yaml/node.ts";
import type { Profile } from "./profiles.ts";

/** Objects as a plugin reads them, and each place where it reads over something. */
export type AsRead = { readonly objects: readonly ManifestObject[]; readonly deviations: readonly Deviation[] };

type Outcome = { readonly object: ManifestObject; readonly lines: readonly number[] };

const outcomes = new WeakMap<ManifestObject, Outcome>();

/**
 * `objects` as the plugin reads them before it knows what they mean: without `endPort` where it opens the first port of
 * a range alone. Equal objects give equal results.
 */
export function asRead(objects: readonly ManifestObject[], profile: Profile): AsRead {
  if (profile.cells["end-port"].effect !== "first-port") return { objects, deviations: [] };
  const deviations: Deviation[] = [];
  const out = objects.map((object) => {
    if (object.ref.kind !== "NetworkPolicy" || object.ref.group !== "networking.k8s.io") return object;
    const { object: read, lines } = withoutEndPorts(object);
    for (const line of lines) {
      const text = `${profile.title} opens the first port of the range alone: it does not know \`endPort\``;
      deviations.push({ at: { file: object.source.file, line }, object: object.ref, text });
    }
    return read;
  });
  return { objects: out, deviations };
}

function withoutEndPorts(object: ManifestObject): Outcome {
  const known = outcomes.get(object);
  if (known !== undefined) return known;
  const lines = endPortLines(object.node);
  const outcome =
    lines.length === 0 ? { object, lines } : { object: { ...object, node: stripped(object.node) }, lines };
  outcomes.set(object, outcome);
  return outcome;
}

function endPortLines(node: YamlMap): readonly number[] {
  const spec = member(root(node), "spec");
  return ["ingress", "egress"].flatMap((direction) =>
    items(member(spec, direction)).flatMap((rule) =>
      items(member(rule, "ports")).flatMap((port) => {
        return isRange(port.node) ? [member(port, "endPort").line] : [];
      }),
    ),
  );
}

/** The same tree without the keys `endPort` below the ports of its rules. */
function stripped(node: YamlMap): YamlMap {
  return mapEntry(node, "spec", (spec) =>
    ["ingress", "egress"].reduce(
      (changed: YamlNode, direction) =>
        mapEntry(changed, direction, (rules) =>
          mapItems(rules, (rule) => mapEntry(rule, "ports", (ports) => mapItems(ports, withoutEndPort))),
        ),
      spec,
    ),
  );
}

function withoutEndPort(node: YamlNode): YamlNode {
  if (node.kind !== "map" || !isRange(node)) return node;
  const entries = new Map(node.entries);
  entries.delete("endPort");
  return { ...node, entries };
}

/** True of a range that the API server accepts; anything else stays as it is, to be rejected. */
function isRange(node: YamlNode | undefined): boolean {
  if (node?.kind !== "map") return false;
  const [first, last] = ["port", "endPort"].map((key) => node.entries.get(key)?.value);
  if (first?.kind !== "scalar" || last?.kind !== "scalar") return false;
  const { value: from } = first;
  const { value: to } = last;
  return typeof from === "number" && typeof to === "number" && from >= 1 && from <= to && to <= 65535;
}

function mapEntry<N extends YamlNode>(node: N, key: string, change: (value: YamlNode) => YamlNode): N {
  if (node.kind !== "map") return node;
  const entry = node.entries.get(key);
  if (entry === undefined) return node;
  return { ...node, entries: new Map(node.entries).set(key, { ...entry, value: change(entry.value) }) };
}

function mapItems(node: YamlNode, change: (item: YamlNode) => YamlNode): YamlNode {
  return node.kind === "seq" ? { ...node, items: node.items.map(change) } : node;
}
