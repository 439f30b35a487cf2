import type { Requirement } from "../model/labels.ts";
import { type AddressSet, NO_ADDRESS, unionAddresses } from "../sets/addresses.ts";
import type { AdminForm } from "./admin-form.ts";
import { type Remark, strictCidr } from "./blocks.ts";
import {
  absent,
  checkMap,
  entries,
  exactlyOne,
  type Field,
  fault,
  isTemplateText,
  items,
  member,
  requireField,
  shape,
  text,
} from "./fields.ts";
import { labelSelector } from "./selector.ts";

const SUBJECT = shape("a subject", ["namespaces", "pods"], {
  podSelector: "pods are chosen by `pods: {namespaceSelector: …, podSelector: …}`",
  namespaceSelector: "namespaces are chosen by `namespaces`",
  matchLabels: "labels stand under `namespaces` or under `pods`",
});
const PODS = shape("`pods`", ["namespaceSelector", "podSelector"], {
  namespaces: "since network-policy-api v0.1.2 the selector stands under `namespaceSelector`",
});

/** Pods by the labels of their namespaces and their own. */
export type AdminPods = { readonly namespaces: readonly Requirement[]; readonly pods: readonly Requirement[] };

export type AdminPeer =
  | ({ readonly kind: "pods"; readonly line: number } & AdminPods)
  | { readonly kind: "networks"; readonly line: number; readonly set: AddressSet }
  | { readonly kind: "nodes"; readonly line: number; readonly nodes: readonly Requirement[] }
  | { readonly kind: "names"; readonly line: number; readonly names: readonly string[] };

/** Most entries of `networks` and of `domainNames`. */
const MOST_NETWORKS = 25;

/** The pods that the policy governs. */
export function adminSubject(field: Field, form: AdminForm): AdminPods {
  if (field.node === undefined) requireField(field);
  checkMap(field, SUBJECT);
  exactlyOne(field, ["namespaces", "pods"]);
  return podsOf(field, form) ?? { namespaces: [], pods: [] };
}

/** One peer of a rule; `undefined` with a fault where it is none. */
export function adminPeer(
  field: Field,
  scope: { readonly form: AdminForm; readonly direction: "ingress" | "egress"; readonly remarks: Remark[] },
): AdminPeer | undefined {
  const { form, direction, remarks } = scope;
  const allowed = direction === "ingress" ? form.shapes.ingressPeer : form.shapes.egressPeer;
  checkMap(field, allowed);
  exactlyOne(field, [...allowed.fields]);
  const { line } = field;
  const pods = podsOf(field, form);
  if (pods !== undefined) return { kind: "pods", line, ...pods };
  if (direction === "ingress") return undefined;
  const networks = member(field, "networks");
  if (networks.node !== undefined) return { kind: "networks", line, set: networksOf(networks, remarks) };
  const nodes = selector(member(field, "nodes"));
  if (nodes !== undefined) return { kind: "nodes", line, nodes };
  const names = member(field, "domainNames");
  if (form.domainNames && names.node !== undefined) return { kind: "names", line, names: namesOf(names) };
  return undefined;
}

function podsOf(field: Field, form: AdminForm): AdminPods | undefined {
  const namespaces = selector(member(field, "namespaces"));
  if (namespaces !== undefined) return { namespaces, pods: [] };
  const pods = member(field, "pods");
  if (pods.node === undefined) return undefined;
  checkMap(pods, PODS);
  const namespaceField = member(pods, "namespaceSelector");
  const podField = member(pods, "podSelector");
  if (namespaceField.node === undefined && !form.anyNamespace) {
    fault(namespaceField, "is required (`{}` means every namespace)");
  }
  if (podField.node === undefined) fault(podField, "is required (`{}` means every pod)");
  return { namespaces: selector(namespaceField) ?? [], pods: selector(podField) ?? [] };
}

/** A label selector, in which a value of null is a fault: the API server would drop the whole condition. */
function selector(field: Field): readonly Requirement[] | undefined {
  for (const [key, { value, keyLine }] of entries(mapOf(member(mapOf(field), "matchLabels")))) {
    if (value.kind !== "scalar" || value.value !== null) continue;
    fault(
      { node: undefined, faults: field.faults, path: `${field.path}.matchLabels.${key}`, line: keyLine },
      "has no value: the condition is lost",
    );
  }
  return labelSelector(field);
}

/** The field itself where it is a map, else the field as if it were missing. */
function mapOf(field: Field): Field {
  return field.node?.kind === "map" ? field : absent(field);
}

function networksOf(field: Field, remarks: Remark[]): AddressSet {
  let set = NO_ADDRESS;
  for (const item of uniqueItems(field)) {
    const block = strictCidr(item, remarks);
    if (block !== undefined) set = unionAddresses(set, block.set);
  }
  return set;
}

function namesOf(field: Field): readonly string[] {
  const out: string[] = [];
  for (const item of uniqueItems(field)) {
    const name = (text(item) ?? "").toLowerCase().replace(/\.$/, "");
    if (isDomainName(name)) out.push(name);
    else if (!isTemplateText(name)) fault(item, `must be a domain name such as \`example.com\` or \`*.example.com\``);
  }
  return out;
}

function isDomainName(name: string): boolean {
  const labels = (name.startsWith("*.") ? name.slice(2) : name).split(".");
  return labels.length > 1 && labels.every((label) => /^[a-z0-9_]([-a-z0-9_]*[a-z0-9])?$/.test(label));
}

/** The items of a list that must not be empty, too long, or name anything twice. */
function uniqueItems(field: Field): readonly Field[] {
  const given = items(field);
  if (given.length === 0 && field.node?.kind === "seq") fault(field, "must not be empty");
  if (given.length > MOST_NETWORKS) fault(field, `must not have more than ${MOST_NETWORKS} entries`);
  const seen = new Set<string>();
  for (const item of given) {
    const value = item.node?.kind === "scalar" ? item.node.text : "";
    if (seen.has(value)) fault(item, `stands there twice: \`${value}\``);
    seen.add(value);
  }
  return given;
}
