import type { ContainerPort } from "../model/endpoint.ts";
import type { LabelSet } from "../model/labels.ts";
import { ALL, type Conn, NONE, ports as portRange, union } from "../sets/conn.ts";
import { formatConn } from "../sets/conn-text.ts";
import type { Protocol } from "../sets/protocol.ts";
import {
  type Entry,
  type Field,
  fault,
  flag,
  integer,
  isTemplateText,
  items,
  member,
  requireField,
  text,
  textMap,
} from "./fields.ts";
import { networksOf } from "./other-networks.ts";
import { labelKeyFault, labelValueFault, portNameFault } from "./syntax.ts";
import type { YamlNode } from "./yaml/node.ts";

/** Everything of a pod template that an answer can depend on. */
export type PodTemplate = {
  readonly labels: LabelSet;
  readonly labelLines: ReadonlyMap<string, number>;
  /** Named ports; `undefined` where the manifest does not say what containers the pods have. */
  readonly ports: readonly ContainerPort[] | undefined;
  /** Named ports of init containers that end before the others start: only Calico counts them. */
  readonly initPorts: readonly ContainerPort[];
  /** Every declared port, named or not: `TCP 8080,UDP 53`. */
  readonly declaredPorts: string;
  readonly hostNetwork: boolean;
  readonly serviceAccount: string;
  /** Annotations that attach the pods to networks beside the cluster's. */
  readonly otherNetworks: readonly string[];
  /** Equal for templates that differ in names and labels only. */
  readonly digest: string;
};

const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map<string, Protocol>([
  ["TCP", "TCP"],
  ["UDP", "UDP"],
  ["SCTP", "SCTP"],
]);

/**
 * The pod template whose labels, annotations and spec stand at these places. Ports come from containers, then
 * from init containers that stay (`restartPolicy: Always`).
 * Source: Kubernetes API, core/v1 types.go, PodSpec; `docs/semantics.md`, W03.
 */
export function podTemplate(labels: Field, annotations: Field, spec: Field): PodTemplate {
  const entries = podLabels(labels);
  const { declared, initial } = containerPorts(spec);
  const hostNetwork = flag(member(spec, "hostNetwork")) ?? false;
  const account = text(member(spec, "serviceAccountName")) ?? text(member(spec, "serviceAccount"));
  return {
    labels: new Map([...entries].map(([key, { value }]) => [key, value])),
    labelLines: new Map([...entries].map(([key, { line }]) => [key, line])),
    ports: declared.filter((port) => port.name !== ""),
    initPorts: initial.filter((port) => port.name !== ""),
    declaredPorts: describePorts(declared),
    hostNetwork,
    serviceAccount: account === undefined || account === "" ? "default" : account,
    otherNetworks: networksOf(annotations, spec),
    digest: digestOf(spec, hostNetwork),
  };
}

/** The labels at `field`, checked as the API server checks labels. */
export function podLabels(field: Field): ReadonlyMap<string, Entry> {
  const labels = textMap(field, "labels");
  for (const [key, { value, line }] of labels) {
    for (const wrong of [labelKeyFault(key), labelValueFault(value)]) {
      if (wrong === undefined || isTemplateText(key) || isTemplateText(value)) continue;
      fault({ node: field.node, faults: field.faults, path: `${field.path}.${key}`, line }, wrong);
    }
  }
  return labels;
}

function containerPorts(spec: Field): Record<"declared" | "initial", readonly ContainerPort[]> {
  const containers = items(member(spec, "containers"));
  const init = items(member(spec, "initContainers"));
  const staying = init.filter((each) => text(member(each, "restartPolicy")) === "Always");
  const ending = init.filter((each) => !staying.includes(each));
  return { declared: [...containers, ...staying].flatMap(portsOf), initial: ending.flatMap(portsOf) };
}

function portsOf(container: Field): readonly ContainerPort[] {
  return items(member(container, "ports")).map(containerPort);
}

function containerPort(field: Field): ContainerPort {
  const number = member(field, "containerPort");
  const port = integer(number, { min: 1, max: 65535 });
  if (port === undefined) requireField(number);
  const protocolField = member(field, "protocol");
  const given = text(protocolField);
  const protocol = given === undefined ? "TCP" : PROTOCOLS.get(given);
  if (protocol === undefined && !isTemplateText(given ?? "")) {
    fault(protocolField, `must be \`TCP\`, \`UDP\` or \`SCTP\`, not \`${given}\``);
  }
  const nameField = member(field, "name");
  const name = text(nameField) ?? "";
  const wrong = name === "" || isTemplateText(name) ? undefined : portNameFault(name);
  if (wrong !== undefined) fault(nameField, wrong);
  return { name, protocol: protocol ?? "TCP", port: port ?? 1 };
}

const described = new Map<string, string>();

/** Most pods declare the same few ports: each combination is put into words once. */
function describePorts(declared: readonly ContainerPort[]): string {
  if (declared.length === 0) return "";
  const key = declared.map(({ protocol, port }) => `${protocol}${port}`).join();
  const known = described.get(key);
  if (known !== undefined) return known;
  const conn = declared.reduce((sum: Conn, { protocol, port }) => union(sum, portRange(protocol, port)), NONE);
  const words = formatConn(conn, ALL);
  described.set(key, words);
  return words;
}

/** Images, commands and ports, without any name: the part of a template that says what runs. */
function digestOf(spec: Field, hostNetwork: boolean): string {
  const parts: string[] = [hostNetwork ? "host" : "pod"];
  for (const list of ["containers", "initContainers"]) {
    for (const container of nodesAt(spec.node, list)) {
      parts.push(list, plainAt(container, "image"));
      for (const name of ["command", "args"]) parts.push(name, ...nodesAt(container, name).map(plain));
      for (const port of nodesAt(container, "ports")) parts.push("port", plainAt(port, "containerPort"));
    }
  }
  return JSON.stringify(parts);
}

function nodesAt(node: YamlNode | undefined, name: string): readonly YamlNode[] {
  const value = node?.kind === "map" ? node.entries.get(name)?.value : undefined;
  return value?.kind === "seq" ? value.items : [];
}

function plainAt(node: YamlNode, name: string): string {
  const value = node.kind === "map" ? node.entries.get(name)?.value : undefined;
  return value === undefined ? "" : plain(value);
}

/** The value, quoted or not: `image: "a"` is `image: a`. */
function plain(node: YamlNode): string {
  return node.kind === "scalar" ? String(node.value) : "";
}
