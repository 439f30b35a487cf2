import type { PortName } from "../../model/policy.ts";
import { and, or, type Predicate } from "../../model/predicate.ts";
import { type Conn, NONE, ports } from "../../sets/conn.ts";
import type { Protocol } from "../../sets/protocol.ts";
import { type Field, items, member, root, text, textMap } from "../fields.ts";
import type { ManifestObject } from "../object.ts";

/** Where one port of a Service leads on its pods: a number, or a name that each pod resolves. */
export type ServicePort = { readonly conn: Conn; readonly names: readonly PortName[]; readonly protocol: Protocol };

/** The pods behind a Service; without a selector its endpoints are objects of their own, which nobody reads. */
export type Service = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly pods: Predicate | undefined;
  readonly ports: readonly ServicePort[];
};

const PROTOCOLS: readonly Protocol[] = ["TCP", "UDP", "SCTP"];

/**
 * What the Service `object` says of its pods. An omitted, zero or empty targetPort is the port itself.
 * Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go, SetDefaults_Service.
 */
export function readService(object: ManifestObject): Service {
  const top = root(object.node);
  const spec = member(top, "spec");
  const { namespace, name } = object.ref;
  const selector = textMap(member(spec, "selector"), "labels");
  const external = text(member(spec, "type")) === "ExternalName";
  const matches = [...selector].map(
    ([key, { value }]): Predicate => ({ op: "podLabels", requirement: { key, operator: "In", values: [value] } }),
  );
  return {
    namespace,
    name,
    labels: plain(textMap(member(member(top, "metadata"), "labels"), "labels")),
    pods: external || matches.length === 0 ? undefined : and({ op: "namespace", name: namespace }, ...matches),
    ports: items(member(spec, "ports")).flatMap(readPort),
  };
}

/** The pods behind any of `services`. */
export function podsBehind(services: readonly Service[]): Predicate {
  return or(...services.flatMap(({ pods }) => (pods === undefined ? [] : [pods])));
}

function readPort(field: Field): readonly ServicePort[] {
  const given = text(member(field, "protocol")) ?? "TCP";
  const protocol = PROTOCOLS.find((each) => each === given);
  const port = portNumber(member(field, "port"));
  if (protocol === undefined || port === undefined) return [];
  const target = member(field, "targetPort");
  const number = portNumber(target);
  if (number !== undefined && number !== 0) return [{ protocol, conn: ports(protocol, number), names: [] }];
  const name = target.node?.kind === "scalar" && typeof target.node.value === "string" ? target.node.value : "";
  if (name === "") return [{ protocol, conn: ports(protocol, port), names: [] }];
  return [{ protocol, conn: NONE, names: [{ name, protocol }] }];
}

function portNumber(field: Field): number | undefined {
  const value = field.node?.kind === "scalar" ? field.node.value : undefined;
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 65535 ? value : undefined;
}

function plain(labels: ReadonlyMap<string, { readonly value: string }>): ReadonlyMap<string, string> {
  return new Map([...labels].map(([key, { value }]) => [key, value]));
}
