import { buildCluster } from "../../src/manifest/cluster.ts";
import type { ClusterOptions } from "../../src/manifest/context.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import { parseAddress, parseCidr } from "../../src/sets/address-text.ts";
import { NO_ADDRESS, unionAddresses } from "../../src/sets/addresses.ts";
import type { Protocol } from "../../src/sets/protocol.ts";
import { OPTIONS, objectsOf } from "./context.ts";

export type Under = Partial<Omit<ClusterOptions, "podCidrs">> & { readonly podCidrs?: readonly string[] };

/** The cluster of texts, each a file of its own: `0.yaml`, `1.yaml`, … */
export function clusterOf(texts: readonly string[], { podCidrs = [], ...options }: Under = {}): Cluster {
  const read = texts.map((text, i) => objectsOf(text, `${i}.yaml`));
  const objects = read.flatMap((each) => each.objects);
  const issues = read.flatMap((each) => each.issues);
  const cidrs = podCidrs.map((cidr) => parseCidr(cidr)?.set ?? NO_ADDRESS).reduce(unionAddresses, NO_ADDRESS);
  const counts = { files: texts.length, documents: 0, skipped: 0 };
  return buildCluster({ objects, issues, counts }, { ...OPTIONS, ...options, podCidrs: cidrs });
}

/** Pods as text: `namespace/name` with labels, each with a port `http` on 8080. */
export function pods(...lines: readonly string[]): string {
  return lines
    .map((line) => {
      const [path = "", labels = "", account = "default"] = line.split(" ");
      const [namespace, name] = path.split("/");
      return `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: {${labels.replaceAll("=", ": ").replaceAll(",", ", ")}}}
spec: {serviceAccountName: ${account}, containers: [{name: c, image: x, ports: [{name: http, containerPort: 8080}]}]}
`;
    })
    .join("---\n");
}

/** `namespace/name` of a pod, an address, `entity:name` or `fqdn:pattern`. */
export function endpoint(cluster: Cluster, text: string): Endpoint {
  if (text.startsWith("entity:")) return { kind: "entity", name: text.slice("entity:".length) };
  if (text.startsWith("fqdn:")) return { kind: "fqdn", pattern: text.slice("fqdn:".length) };
  const address = parseAddress(text);
  if (address !== undefined) return { kind: "address", address };
  const workload = cluster.workloads.find(({ namespace, name }) => `${namespace}/${name}` === text);
  if (workload === undefined) throw new Error(`nobody is called ${text}`);
  return { kind: "pod", pod: workload.pod };
}

/** `TCP 80`, `ICMP 8` (a type) and the like, as protocol and point. */
export function point(text: string): { readonly protocol: Protocol; readonly port: number } {
  const [name = "", number = "1"] = text.split(" ");
  const known: readonly Protocol[] = ["TCP", "UDP", "SCTP", "ICMP", "ICMPv6", "UDPLite"];
  const protocol = known.find((each) => each === name) ?? Number(name);
  return { protocol, port: protocol === "ICMP" || protocol === "ICMPv6" ? Number(number) * 256 : Number(number) };
}
