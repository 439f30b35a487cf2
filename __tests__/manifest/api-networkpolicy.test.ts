import { describe, expect, it } from "vitest";
import type { Issue } from "../../src/errors.ts";
import type { Converted } from "../../src/manifest/context.ts";
import { root } from "../../src/manifest/fields.ts";
import { convertNetworkPolicy } from "../../src/manifest/networkpolicy.ts";
import { networkPolicySpec, type PeerSpec, type RuleSpec } from "../../src/manifest/networkpolicy-spec.ts";
import { formatAddresses, parseCidr } from "../../src/sets/address-text.ts";
import { NO_ADDRESS, subtractAddresses } from "../../src/sets/addresses.ts";
import { CONTEXT, objectsOf } from "./context.ts";
import { missing, readShared } from "./shared.ts";

type Case = {
  readonly name: string;
  readonly text: string;
  readonly accepted: boolean;
  readonly errors?: readonly string[];
  readonly stored?: StoredSpec;
};
type StoredSelector = {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
};
type StoredRule = {
  readonly from?: readonly StoredPeer[];
  readonly to?: readonly StoredPeer[];
  readonly ports?: readonly { readonly protocol: string; readonly port?: number | string; readonly endPort?: number }[];
};
type StoredPeer = {
  readonly podSelector?: StoredSelector;
  readonly namespaceSelector?: StoredSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
};
type StoredSpec = {
  readonly podSelector: StoredSelector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly StoredRule[];
  readonly egress?: readonly StoredRule[];
};

/** Where we read on purpose what this API server rejects: why, and what is said instead of an error. */
const DIFFERENCES: ReadonlyMap<string, { readonly why: string; readonly warning: RegExp }> = new Map([
  [
    "apiVersion extensions/v1beta1",
    { why: "old trees hold it; read as networking.k8s.io/v1", warning: /extensions\/v1beta1/ },
  ],
  ["ipBlock host bits", { why: "older API servers mask it", warning: /`10\.0\.0\.7\/24` has bits beyond its prefix/ }],
  [
    "ipBlock leading zeros",
    { why: "older API servers read it as decimal", warning: /`010\.0\.0\.0\/8` has leading zeros/ },
  ],
  ["ipBlock v4 in v6", { why: "older API servers read it as IPv4", warning: /is an IPv4 block written as IPv6/ }],
  ["ipBlock except host bits", { why: "older API servers mask it", warning: /`10\.1\.0\.5\/16` has bits beyond/ }],
]);

/** Rejected and told, and read all the same: generators of an older API write it into every policy. */
const READ_ALL_THE_SAME = new Map([
  ["status present", "Kubernetes 1.24 to 1.27 took it, and it says nothing of traffic"],
]);

const why = missing("conformance/api/networkpolicy.json");

describe.skipIf(why !== undefined)(`NetworkPolicy as the API server takes it${why ?? ""}`, () => {
  const cases = why === undefined ? decodeCases(readShared("conformance/api/networkpolicy.json")) : [];

  it("has every document of the corpus", () => {
    expect(cases.length).toBeGreaterThanOrEqual(211);
  });

  it.each(cases.map((each) => [each.name, each] as const))("%s", (name, each) => {
    const { converted, issues } = convertText(each.text);
    const difference = DIFFERENCES.get(name);
    if (each.accepted) {
      expect(errorsOf(issues)).toEqual([]);
      expect(specOf(each.text)).toEqual(storedSpec(each.stored));
      return;
    }
    if (difference !== undefined) {
      expect(errorsOf(issues)).toEqual([]);
      expect(converted.policies.length).toBeGreaterThan(0);
      expect(issues.map((issue) => issue.message).join("\n")).toMatch(difference.warning);
      return;
    }
    expect(converted.policies.length > 0).toBe(READ_ALL_THE_SAME.has(name));
    const [error] = errorsOf(issues);
    expect(error).toMatchObject({ code: "REJECTED", hides: true, at: { file: "a.yaml" } });
    expect(error?.at?.line).toBeGreaterThan(0);
    expect(error?.message).toContain(fieldAtFault(each));
  });
});

function convertText(text: string): { readonly converted: Converted; readonly issues: readonly Issue[] } {
  const read = objectsOf(text);
  const [object] = read.objects;
  const none: Converted = { policies: [], issues: [], assumptions: [], deviations: [], entities: [], fqdns: [] };
  const converted = object === undefined ? none : convertNetworkPolicy(object, CONTEXT);
  return { converted, issues: [...read.issues, ...converted.issues] };
}

function errorsOf(issues: readonly Issue[]): readonly Issue[] {
  return issues.filter((issue) => issue.severity === "error");
}

/** The last name of the path that the API server blames, as far as its message has one. */
function fieldAtFault(each: Case): string {
  const error = each.errors?.[0] ?? "";
  const unknown = /unknown field "([^"]+)"/.exec(error);
  if (unknown?.[1] !== undefined) return unknown[1];
  const json = /Go struct field \w+\.([\w.]+) of type/.exec(error);
  if (json?.[1] !== undefined) return json[1].split(".").at(-1) ?? "";
  if (error.startsWith("no kind")) return error.includes('"networkpolicy"') ? "kind" : "apiVersion";
  return error.split(": ")[0] ?? "";
}

function specOf(text: string) {
  const [object] = objectsOf(text).objects;
  if (object === undefined) throw new Error("no object");
  const at = root(object.node);
  const { podSelector, policyTypes, ingress, egress } = networkPolicySpec(at, []);
  return { podSelector, policyTypes, ingress: ingress.map(plainRule), egress: egress.map(plainRule) };
}

function plainRule({ peers, ports }: RuleSpec) {
  return { peers: peers.map(plainPeer), ports };
}

function plainPeer(peer: PeerSpec) {
  return peer.kind === "block" ? formatAddresses(peer.set) : { pods: peer.pods, namespaces: peer.namespaces };
}

function storedSpec(stored: StoredSpec | undefined) {
  if (stored === undefined) throw new Error("nothing stored");
  return {
    podSelector: selectorOf(stored.podSelector),
    policyTypes: stored.policyTypes.map((type) => type.toLowerCase()),
    ingress: (stored.ingress ?? []).map(storedRule),
    egress: (stored.egress ?? []).map(storedRule),
  };
}

function storedRule(rule: StoredRule) {
  const ports = (rule.ports ?? []).map(({ protocol, port, endPort }) => ({ protocol, port, endPort }));
  return { peers: (rule.from ?? rule.to ?? []).map(storedPeer), ports };
}

function storedPeer({ podSelector, namespaceSelector, ipBlock }: StoredPeer) {
  if (ipBlock !== undefined) {
    let set = parseCidr(ipBlock.cidr)?.set ?? NO_ADDRESS;
    for (const except of ipBlock.except ?? []) set = subtractAddresses(set, parseCidr(except)?.set ?? NO_ADDRESS);
    return formatAddresses(set);
  }
  return {
    pods: podSelector === undefined ? undefined : selectorOf(podSelector),
    namespaces: namespaceSelector === undefined ? undefined : selectorOf(namespaceSelector),
  };
}

function selectorOf(selector: StoredSelector) {
  const out: { key: string; operator: string; values: readonly string[] }[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {}))
    out.push({ key, operator: "In", values: [value] });
  for (const { key, operator, values } of selector.matchExpressions ?? [])
    out.push({ key, operator, values: values ?? [] });
  return out;
}

function decodeCases(data: unknown): readonly Case[] {
  if (!Array.isArray(data)) throw new Error("not a list of cases");
  return data;
}
