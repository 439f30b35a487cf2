import type { Clause, NamespaceMatch, PeerSelector, PodMatch } from "../gate/rule.ts";
import type { YamlNode } from "../manifest/yaml/node.ts";
import type { Operator, Requirement } from "../model/labels.ts";
import { formatAddresses, parseCidr } from "../sets/address-text.ts";
import { type AddressSet, NO_ADDRESS, unionAddresses } from "../sets/addresses.ts";
import { decodePorts } from "./decode-ports.ts";
import { choiceOf, field, has, itemsOf, labelsOf, type Report, textOf, textsOf } from "./fields.ts";
import { quote } from "./read.ts";

/** The clause of a rule, of an entry of `allowed`, or of an exception. */
export function decodeClause(node: YamlNode, report: Report): Clause {
  return {
    from: decodePeer(field(node, "from"), report),
    to: decodePeer(field(node, "to"), report),
    ports: decodePorts(field(node, "ports"), report),
  };
}

function decodePeer(node: YamlNode | undefined, report: Report): PeerSelector | undefined {
  if (node === undefined) return undefined;
  if (has(node, "anywhere")) return { kind: "anywhere" };
  if (has(node, "external")) return { kind: "external" };
  if (has(node, "cidr")) return { kind: "cidr", set: decodeCidrs(field(node, "cidr"), report) };
  const entity = textOf(field(node, "entity"));
  if (entity !== undefined) return { kind: "entity", name: entity };
  const pattern = textOf(field(node, "fqdn"));
  if (pattern !== undefined) return { kind: "fqdn", pattern };
  return { kind: "pods", namespace: decodeNamespace(node), pods: decodePods(node) };
}

/** The addresses of a list of CIDRs; what is none, or names an address inside its block, is reported. */
export function decodeCidrs(node: YamlNode | undefined, report: Report): AddressSet {
  let set = NO_ADDRESS;
  for (const { text, line } of textsOf(node)) {
    const block = parseCidr(text);
    if (block === undefined)
      report(line, `${quote(text)} is no CIDR: write an address and a prefix, such as \`10.0.0.0/8\``);
    else if (block.hostBits)
      report(line, `${quote(text)} names an address inside its block: write ${quote(formatAddresses(block.set))}`);
    else set = unionAddresses(set, block.set);
  }
  return set;
}

function decodeNamespace(node: YamlNode): NamespaceMatch {
  const name = textOf(field(node, "namespace"));
  if (name !== undefined) return { kind: "name", name };
  const selector = field(node, "namespaceSelector");
  return selector === undefined ? { kind: "any" } : { kind: "labels", requirements: decodeSelector(selector) };
}

function decodePods(node: YamlNode): PodMatch {
  const workload = textOf(field(node, "workload"));
  if (workload !== undefined) {
    const [, name = workload, workloadKind] = /^([^[\]]+)(?:\[(.+)\])?$/.exec(workload) ?? [];
    return { kind: "workload", name, workloadKind };
  }
  const selector = field(node, "podSelector");
  if (selector !== undefined) return { kind: "labels", requirements: decodeSelector(selector) };
  const pods = field(node, "pods");
  if (pods === undefined) return { kind: "any" };
  return { kind: "labels", requirements: isSelector(pods) ? decodeSelector(pods) : equalities(pods) };
}

/** `pods` is a full selector where one of its keys holds more than a label value. */
function isSelector(node: YamlNode): boolean {
  return field(node, "matchLabels")?.kind === "map" || field(node, "matchExpressions")?.kind === "seq";
}

const OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"] as const satisfies readonly Operator[];

function decodeSelector(node: YamlNode): readonly Requirement[] {
  const expressions = itemsOf(field(node, "matchExpressions")).map(
    (item): Requirement => ({
      key: textOf(field(item, "key")) ?? "",
      operator: choiceOf(field(item, "operator"), OPERATORS) ?? "In",
      values: textsOf(field(item, "values")).map(({ text }) => text),
    }),
  );
  return [...equalities(field(node, "matchLabels")), ...expressions];
}

function equalities(node: YamlNode | undefined): readonly Requirement[] {
  return [...labelsOf(node)].map(([key, value]) => ({ key, operator: "In", values: [value] }));
}
