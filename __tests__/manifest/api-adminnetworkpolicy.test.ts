import { describe, expect, it } from "vitest";
import type { Issue } from "../../src/errors.ts";
import { convertAdmin } from "../../src/manifest/admin.ts";
import type { AdminPeer } from "../../src/manifest/admin-peers.ts";
import { type AdminRule, adminSpec } from "../../src/manifest/admin-spec.ts";
import type { Converted } from "../../src/manifest/context.ts";
import { NOTHING_CONVERTED } from "../../src/manifest/converted.ts";
import { root } from "../../src/manifest/fields.ts";
import { formatAddresses, parseCidr } from "../../src/sets/address-text.ts";
import { NO_ADDRESS, unionAddresses } from "../../src/sets/addresses.ts";
import { type Conn, EVERYTHING, NONE, ports, union } from "../../src/sets/conn.ts";
import { formatConn } from "../../src/sets/conn-text.ts";
import { CONTEXT, objectsOf } from "./context.ts";
import { missing, readShared } from "./shared.ts";

type Case = {
  readonly name: string;
  readonly text: string;
  readonly accepted: boolean;
  readonly errors?: readonly string[];
  readonly unknownFields?: readonly string[];
  readonly stored?: StoredSpec;
};
type Selector = {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
};
type StoredPods = {
  readonly namespaces?: Selector;
  readonly pods?: { readonly namespaceSelector?: Selector; readonly podSelector?: Selector };
};
type StoredPeer = StoredPods & {
  readonly networks?: readonly string[];
  readonly nodes?: Selector;
  readonly domainNames?: readonly string[];
};
type Range = { readonly start: number; readonly end: number };
type StoredPort = {
  readonly portNumber?: { readonly protocol: string; readonly port: number };
  readonly portRange?: Range & { readonly protocol: string };
  readonly namedPort?: string;
  readonly tcp?: { readonly destinationPort: { readonly number?: number; readonly range?: Range } };
  readonly udp?: { readonly destinationPort: { readonly number?: number; readonly range?: Range } };
  readonly sctp?: { readonly destinationPort: { readonly number?: number; readonly range?: Range } };
  readonly destinationNamedPort?: string;
};
type StoredRule = {
  readonly action: string;
  readonly from?: readonly StoredPeer[];
  readonly to?: readonly StoredPeer[];
  readonly ports?: readonly StoredPort[];
  readonly protocols?: readonly StoredPort[];
};
type StoredSpec = {
  readonly tier?: string;
  readonly priority?: number;
  readonly subject: StoredPods;
  readonly ingress?: readonly StoredRule[];
  readonly egress?: readonly StoredRule[];
};

const SELECTORS = "the CRD does not check selectors; what they then select is undefined";

/** What the CRD stores and we take for an error, with the field that we blame. */
const STRICTER: ReadonlyMap<string, { readonly why: string; readonly field: string }> = new Map([
  ["ANP subject expression bad operator", { why: SELECTORS, field: "matchExpressions[0].operator" }],
  ["CNP subject expression bad operator", { why: SELECTORS, field: "matchExpressions[0].operator" }],
  ["ANP subject expression In without values", { why: SELECTORS, field: "matchExpressions[0].values" }],
  ["CNP subject expression In without values", { why: SELECTORS, field: "matchExpressions[0].values" }],
  ["ANP ports portRange reversed", { why: "it can match nothing", field: "portRange.end" }],
  ["ANP ports portNumber ICMP", { why: "only TCP, UDP and SCTP have ports", field: "portNumber.protocol" }],
  ["ANP ports portNumber lower", { why: "only TCP, UDP and SCTP have ports", field: "portNumber.protocol" }],
]);

const why = missing("conformance/api/adminnetworkpolicy.json");

describe.skipIf(why !== undefined)(`admin policies as their CRDs take them${why ?? ""}`, () => {
  const cases = why === undefined ? decodeCases(readShared("conformance/api/adminnetworkpolicy.json")) : [];

  it("has every document of the corpus", () => {
    expect(cases.length).toBeGreaterThanOrEqual(226);
  });

  it.each(cases.map((each) => [each.name, each] as const))("%s", (name, each) => {
    const { converted, issues } = convertText(each.text);
    const stricter = STRICTER.get(name);
    const errors = issues.filter((issue) => issue.severity === "error");
    if (each.accepted && stricter === undefined) {
      expect(errors).toEqual([]);
      expect(specOf(each.text)).toEqual(storedSpec(each.stored));
      return;
    }
    expect(converted.policies).toEqual([]);
    const [error] = errors;
    expect(error).toMatchObject({ code: "REJECTED", hides: true, at: { file: "a.yaml" } });
    expect(error?.at?.line).toBeGreaterThan(0);
    expect(error?.message).toContain(stricter?.field ?? fieldAtFault(each));
  });
});

function convertText(text: string): { readonly converted: Converted; readonly issues: readonly Issue[] } {
  const read = objectsOf(text);
  const converted = read.objects.length === 0 ? NOTHING_CONVERTED : convertAdmin(read.objects, CONTEXT);
  return { converted, issues: [...read.issues, ...converted.issues] };
}

/** The path that the API server blames, without what it puts before it. */
function fieldAtFault(each: Case): string {
  const unknown = each.unknownFields?.[0];
  if (unknown !== undefined) return unknown;
  const error = each.errors?.[0] ?? "";
  if (error.startsWith("no CRD for")) return "apiVersion";
  if (error.includes("metadata.name=")) return "metadata.name";
  const path = (error.split(": ")[0] ?? "").replace(/^\[\]\.?/, "");
  return path.replace(/\.range$/, ".range.end");
}

function specOf(text: string) {
  const [object] = objectsOf(text).objects;
  if (object === undefined) throw new Error("no object");
  const { tier, priority, subject, ingress, egress } = adminSpec(root(object.node), object.ref.kind, []);
  return { tier, priority, subject, ingress: ingress.map(plainRule), egress: egress.map(plainRule) };
}

function plainRule({ action, peers, conn }: AdminRule) {
  const names = conn.names.map(({ name, protocol }) => [name, protocol]);
  return { action, peers: peers.map(plainPeer), conn: formatConn(conn.conn, EVERYTHING), names };
}

function plainPeer(peer: AdminPeer) {
  switch (peer.kind) {
    case "pods":
      return { namespaces: peer.namespaces, pods: peer.pods };
    case "networks":
      return formatAddresses(peer.set);
    case "nodes":
      return { nodes: peer.nodes };
    case "names":
      return { names: peer.names };
  }
}

function storedSpec(stored: StoredSpec | undefined) {
  if (stored === undefined) throw new Error("nothing stored");
  const baseline = stored.tier === "Baseline" || stored.priority === undefined;
  return {
    tier: baseline ? "baseline" : "admin",
    priority: stored.priority ?? 1001,
    subject: storedPods(stored.subject),
    ingress: (stored.ingress ?? []).map(storedRule),
    egress: (stored.egress ?? []).map(storedRule),
  };
}

function storedRule(rule: StoredRule) {
  const given = rule.ports ?? rule.protocols;
  const conn = given === undefined ? EVERYTHING : given.map(storedConn).reduce(union, NONE);
  const names = (given ?? []).flatMap((port) => {
    const name = port.namedPort ?? port.destinationNamedPort;
    return name === undefined ? [] : [[name, undefined]];
  });
  const action = rule.action === "Accept" ? "allow" : rule.action.toLowerCase();
  return { action, peers: (rule.from ?? rule.to ?? []).map(storedPeer), conn: formatConn(conn, EVERYTHING), names };
}

function storedConn(port: StoredPort): Conn {
  const { portNumber, portRange } = port;
  if (portNumber !== undefined) return ports(protocolOf(portNumber.protocol), portNumber.port);
  if (portRange !== undefined) return ports(protocolOf(portRange.protocol), portRange.start, portRange.end);
  for (const name of ["tcp", "udp", "sctp"] as const) {
    const at = port[name]?.destinationPort;
    if (at?.number !== undefined) return ports(protocolOf(name), at.number);
    if (at?.range !== undefined) return ports(protocolOf(name), at.range.start, at.range.end);
  }
  return NONE;
}

function protocolOf(name: string): "TCP" | "UDP" | "SCTP" {
  const upper = name.toUpperCase();
  if (upper === "TCP" || upper === "UDP" || upper === "SCTP") return upper;
  throw new Error(`no protocol ${name}`);
}

function storedPods({ namespaces, pods }: StoredPods) {
  if (namespaces !== undefined) return { namespaces: selectorOf(namespaces), pods: [] };
  return { namespaces: selectorOf(pods?.namespaceSelector), pods: selectorOf(pods?.podSelector) };
}

function storedPeer(peer: StoredPeer) {
  if (peer.networks !== undefined) {
    const sets = peer.networks.map((cidr) => parseCidr(cidr)?.set ?? NO_ADDRESS);
    return formatAddresses(sets.reduce(unionAddresses, NO_ADDRESS));
  }
  if (peer.nodes !== undefined) return { nodes: selectorOf(peer.nodes) };
  if (peer.domainNames !== undefined) return { names: peer.domainNames.map((name) => name.replace(/\.$/, "")) };
  return storedPods(peer);
}

function selectorOf(selector: Selector | undefined) {
  const out: { key: string; operator: string; values: readonly string[] }[] = [];
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) {
    out.push({ key, operator: "In", values: [value] });
  }
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    out.push({ key, operator, values: values ?? [] });
  }
  return out;
}

function decodeCases(data: unknown): readonly Case[] {
  if (!Array.isArray(data)) throw new Error("not a list of cases");
  return data;
}
