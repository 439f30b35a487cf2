import { endpointOf, universe } from "../../src/engine/universe.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import { includesAddress } from "../../src/sets/addresses.ts";
import { type Conn, NONE, numeric } from "../../src/sets/conn.ts";
import { byDefinition, type End, type RelationOf } from "./relation.ts";

/** The relation by the engine: the one that the product answers with. */
export const byEngine: RelationOf = (cluster) => {
  const space = universe(cluster, cluster, { representatives: false, spoken: [], limit: 0 });
  const views = new Map(
    space.peers.map((peer, i) => [keyOf(endpointOf(peer, "head"), peer.text), space.views.head[i]]),
  );
  const outside = (pod: End, direction: "egress" | "ingress", other: Endpoint): Conn => {
    const effect = views.get(keyOf(pod.endpoint, pod.text))?.[direction];
    if (effect === undefined || other.kind !== "address") throw new Error(`no effect of ${pod.text}`);
    const cell = space.reach.addresses(effect).find(({ set }) => includesAddress(set, other.address));
    return numeric(cell?.answer.conn ?? NONE);
  };
  return (src, dst) => {
    if (dst.endpoint.kind === "address") return outside(src, "egress", dst.endpoint);
    if (src.endpoint.kind === "address") return outside(dst, "ingress", src.endpoint);
    const [from, to] = [src, dst].map(({ endpoint, text }) => views.get(keyOf(endpoint, text)));
    if (from === undefined || to === undefined) return byDefinition(cluster)(src, dst);
    return numeric(space.reach.conn(from, to));
  };
};

function keyOf(endpoint: Endpoint | undefined, text: string): string {
  return endpoint?.kind === "fqdn" ? `fqdn:${endpoint.pattern}` : text;
}
