import type { Issue } from "../../errors.ts";
import { formatObject } from "../../model/policy.ts";
import type { ConvertContext } from "../context.ts";
import { inNamespace } from "../dialects/findings.ts";
import { checkMap, type Field, fault, member, root, shape, text, textMap } from "../fields.ts";
import { checkMetadata, faultIssue } from "../metadata.ts";
import type { ManifestObject } from "../object.ts";
import { isCalico } from "./kinds.ts";
import { type AddressSource, withNamespace } from "./match.ts";
import { readAddressList } from "./nets.ts";

const SET = shape("a network set", ["apiVersion", "kind", "metadata", "spec"]);
const SET_SPEC = shape("the spec of a network set", ["nets"], { cidrs: "perhaps `nets`" });
const HOST = shape("a HostEndpoint", ["apiVersion", "kind", "metadata", "spec"]);
const HOST_SPEC = shape("the spec of a HostEndpoint", ["node", "interfaceName", "expectedIPs", "profiles", "ports"]);

/** Everything with addresses and labels that a tree declares. */
export type Sources = {
  readonly networkSets: readonly AddressSource[];
  readonly hosts: readonly AddressSource[];
  readonly issues: readonly Issue[];
};

/**
 * The network sets and host endpoints among `objects`, with the labels that Calico gives them.
 * Source: projectcalico/calico updateprocessors/networksetprocessor.go, globalnetworksetprocessor.go.
 */
export function readSources(objects: readonly ManifestObject[], context: ConvertContext): Sources {
  const networkSets: AddressSource[] = [];
  const hosts: AddressSource[] = [];
  const issues: Issue[] = [];
  for (const object of objects) {
    if (!isCalico(object.ref)) continue;
    const target = object.ref.kind === "HostEndpoint" ? hosts : networkSets;
    const field = root(object.node);
    const source = readSource(object, field, context);
    if (source === undefined) continue;
    const issue = faultIssue(object, field.faults);
    if (issue === undefined) target.push(source);
    else issues.push(issue);
  }
  return { networkSets, hosts, issues };
}

function readSource(object: ManifestObject, field: Field, context: ConvertContext): AddressSource | undefined {
  const { kind } = object.ref;
  if (kind !== "NetworkSet" && kind !== "GlobalNetworkSet" && kind !== "HostEndpoint") return undefined;
  checkMap(field, kind === "HostEndpoint" ? HOST : SET);
  checkMetadata(field);
  const spec = member(field, "spec");
  checkMap(spec, kind === "HostEndpoint" ? HOST_SPEC : SET_SPEC);
  if (kind === "HostEndpoint") checkHost(spec);
  const own = readLabels(member(member(field, "metadata"), "labels"));
  const nets = readAddressList(member(spec, kind === "HostEndpoint" ? "expectedIPs" : "nets"));
  if (kind !== "NetworkSet") return { name: formatObject(object.ref), labels: own, nets };
  const placed = inNamespace(object, context.options.namespace);
  const { namespace } = placed.ref;
  const inherited = context.namespaces.get(namespace)?.labels ?? new Map();
  return { name: formatObject(placed.ref), labels: withNamespace(own, namespace, inherited), nets };
}

function checkHost(spec: Field): void {
  if ((text(member(spec, "node")) ?? "") === "") fault(member(spec, "node"), "is required");
  const addresses = member(spec, "expectedIPs").node;
  const named = (text(member(spec, "interfaceName")) ?? "") !== "";
  if (!named && (addresses?.kind !== "seq" || addresses.items.length === 0)) {
    fault(spec, "must have an `interfaceName` or `expectedIPs`");
  }
}

function readLabels(field: Field): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const [key, { value }] of textMap(field, "labels")) labels.set(key, value);
  if (labels.has("projectcalico.org/namespace")) fault(field, "must not hold `projectcalico.org/namespace`");
  return labels;
}
