import { type ExplainEnds, explainFlow } from "../diff/explanation.ts";
import { endpointOf, type Universe, universe } from "../engine/universe.ts";
import { InputError } from "../errors.ts";
import type { Cluster } from "../model/cluster.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { NAME_LABEL } from "../model/labels.ts";
import type { Side } from "../model/peer.ts";
import { labelsFor, meansPeer, type PeerQuery } from "../model/peer-query.ts";
import { buildExplain, type ExplainReport } from "../report/explain.ts";
import { formatAddress } from "../sets/address-text.ts";
import { someAddress } from "../sets/addresses.ts";
import { type Conn, intersect } from "../sets/conn.ts";

export type ExplainRequest = {
  /** `undefined`: one tree is explained. */
  readonly base: Cluster | undefined;
  readonly head: Cluster;
  readonly from: { readonly text: string; readonly query: PeerQuery };
  readonly to: { readonly text: string; readonly query: PeerQuery };
  /** `undefined`: every connection that the run tells apart. */
  readonly conn: Conn | undefined;
};

/** Why one pair may or may not connect, part by part. Throws an `InputError` where a peer is nobody or several. */
export function explainPair(request: ExplainRequest): ExplainReport {
  const { head } = request;
  const base = request.base ?? head;
  const space = universe(base, head, { representatives: false, spoken: [], limit: 0 });
  const src = find(space, request.from, "--from");
  const dst = find(space, request.to, "--to");
  const ends = (side: Side): ExplainEnds => ({ src: src.at(side), dst: dst.at(side) });
  const conns = request.conn === undefined ? space.conns : intersect(request.conn, space.conns);
  const parts = explainFlow({
    head,
    headEnds: ends("head"),
    base: request.base,
    baseEnds: ends("base"),
    universe: conns,
  });
  return buildExplain({
    src: src.text,
    dst: dst.text,
    parts,
    universe: space.conns,
    assumptions: request.base === undefined ? head.assumptions : [...base.assumptions, ...head.assumptions],
    issues: request.base === undefined ? head.issues : [...base.issues, ...head.issues],
  });
}

type Found = { readonly text: string; readonly at: (side: Side) => Endpoint | undefined };

function find(space: Universe, { text, query }: ExplainRequest["from"], flag: string): Found {
  if (query.kind === "addresses") {
    const address = someAddress(query.set);
    if (address === undefined) throw new InputError("USAGE", undefined, `${flag}: \`${text}\` holds no address`);
    return { text: formatAddress(address), at: () => ({ kind: "address", address }) };
  }
  if (query.kind === "pods") return { text, at: (side) => describedPod(space, query, side) };
  if (query.kind === "text" && /^(entity|fqdn):/.test(text)) {
    const name = text.slice(text.indexOf(":") + 1);
    const end: Endpoint = text.startsWith("entity:") ? { kind: "entity", name } : { kind: "fqdn", pattern: name };
    return { text, at: () => end };
  }
  const found = space.peers.filter((peer) => meansPeer(query, peer));
  const [peer, second] = found;
  if (peer === undefined)
    throw new InputError("USAGE", undefined, `${flag}: nothing here is called \`${text}\`${hint(space)}`);
  if (second !== undefined) {
    const names = found.map((each) => `\`${each.text}\``).join(", ");
    throw new InputError("USAGE", undefined, `${flag}: \`${text}\` is ${names}; name one of them in full`);
  }
  return { text: peer.text, at: (side) => endpointOf(peer, side) };
}

function hint({ peers }: Universe): string {
  const names = peers.filter(({ kind }) => kind === "workload").map(({ text }) => `\`${text}\``);
  if (names.length === 0)
    return "; the tree declares no workload: describe the pod, as in `production/[pod with {app=api}]`";
  return `; try ${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}`;
}

/** A pod that somebody describes by its labels, as one side knows its namespace. */
function describedPod(space: Universe, query: Extract<PeerQuery, { kind: "pods" }>, side: Side): Endpoint {
  const { name, labels } = query.namespace;
  const cluster = space[side];
  const known = name === undefined ? undefined : cluster.namespaces.get(name)?.labels;
  const namespaceLabels = known ?? new Map([[NAME_LABEL, name], ...labelsFor(labels)]);
  return {
    kind: "pod",
    pod: {
      namespace: name ?? "",
      labels: labelsFor(query.labels),
      namespaceLabels,
      serviceAccount: "",
      serviceAccountLabels: new Map(),
      ports: undefined,
      hostNetwork: false,
    },
  };
}
