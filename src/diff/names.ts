import { type End, type Peer, podOf, type RepresentativePeer } from "../model/peer.ts";
import { formatAddresses } from "../sets/address-text.ts";
import { type AddressSet, ALL_ADDRESSES, ALL_V4, ALL_V6, subtractAddresses } from "../sets/addresses.ts";

/** Finds the shortest true name of one end of a block. */
export type Namer = (end: End) => string;

const FEW = 3;
/** Any pod that nothing else here means: whoever reads little must read it first. */
const EVERYBODY = "entire-cluster";

type Home = { readonly workloads: Peer[]; readonly others: Peer[]; everyPod: Peer | undefined };

/** A namer for ends made of `peers`, which are all that the review knows. */
export function namer(peers: readonly Peer[]): Namer {
  const pods = peers.filter((peer) => peer.kind === "workload" || peer.kind === "representative");
  const homes = new Map<string, Home>();
  for (const pod of pods) {
    const name = namespaceOf(pod);
    if (name === undefined) continue;
    const home = homes.get(name) ?? { workloads: [], others: [], everyPod: undefined };
    homes.set(name, home);
    if (pod.kind === "workload") home.workloads.push(pod);
    else home.others.push(pod);
    if (pod.kind === "representative" && pod.podTerms === "") home.everyPod = pod;
  }
  const anybody = pods.find((pod) => pod.text === EVERYBODY);
  return (end) => {
    if (end.kind === "addresses") return nameAddresses(end.addresses);
    const chosen = new Set(withoutTwins(end.peers, homes));
    const [only, second] = chosen;
    if (only !== undefined && second === undefined && !isEveryPod(only, homes)) return only.text;
    if (anybody !== undefined && chosen.has(anybody)) {
      const inside = new Set(end.peers);
      const missing = withoutTwins(
        pods.filter((pod) => !inside.has(pod)),
        homes,
      );
      const rest = end.peers.filter((peer) => peer.kind === "entity" || peer.kind === "fqdn");
      const named = nameParts(missing, homes, false);
      if (named.length <= FEW) {
        const except = named.length === 0 ? "" : ` except ${named.join(", ")}`;
        return [`any pod in the cluster${except}`, ...rest.map(({ text }) => text)].join(", ");
      }
    }
    return nameParts([...chosen], homes, true).join(", ");
  };
}

/**
 * `peers` without the undeclared pods that a workload beside them stands for: every declared pod that their selector
 * finds is named anyway.
 */
function withoutTwins(peers: readonly Peer[], homes: ReadonlyMap<string, Home>): readonly Peer[] {
  const chosen = new Set(peers);
  return peers.filter((peer) => {
    if (peer.kind !== "representative" || peer.podTerms === "" || peer.namespace === undefined) return true;
    const found = (homes.get(peer.namespace)?.workloads ?? []).filter((workload) => isFoundBy(peer, workload));
    return found.length === 0 || !found.every((workload) => chosen.has(workload));
  });
}

function isFoundBy(peer: RepresentativePeer, workload: Peer): boolean {
  const labels = podOf(workload, "head")?.labels ?? podOf(workload, "base")?.labels ?? new Map();
  return [...peer.head.labels].every(
    ([key, value]) => labels.has(key) && (value === undefined || labels.get(key) === value),
  );
}

function namespaceOf(peer: Peer): string | undefined {
  if (peer.kind === "workload") return (peer.head ?? peer.base)?.namespace;
  return peer.kind === "representative" ? peer.namespace : undefined;
}

/** Whole namespaces by one name each, with `exceptions` also all but a few of one, then everybody else one by one. */
function nameParts(peers: readonly Peer[], homes: ReadonlyMap<string, Home>, exceptions: boolean): readonly string[] {
  const byNamespace = new Map<string, Set<Peer>>();
  const alone: string[] = [];
  for (const peer of peers) {
    const name = namespaceOf(peer);
    if (name === undefined) {
      alone.push(peer.text);
      continue;
    }
    const set = byNamespace.get(name) ?? new Set<Peer>();
    byNamespace.set(name, set.add(peer));
  }
  const parts: string[] = alone.sort((a, b) => (a === EVERYBODY ? -1 : b === EVERYBODY ? 1 : a < b ? -1 : 1));
  const last: string[] = [];
  for (const [name, set] of [...byNamespace].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // One exception at most, and at the end: what follows it would read as excepted too.
    const words = { homes, exceptions: exceptions && last.length === 0 };
    const named = nameHome(name, set, words);
    (named.some((part) => part.includes(" except ")) ? last : parts).push(...named);
  }
  return [...parts, ...last];
}

type Words = { readonly homes: ReadonlyMap<string, Home>; readonly exceptions: boolean };

function nameHome(name: string, chosen: ReadonlySet<Peer>, { homes, exceptions }: Words): readonly string[] {
  const home = homes.get(name);
  const texts = (peers: Iterable<Peer>) => [...peers].map(({ text }) => text).sort();
  if (home === undefined || (chosen.size < 2 && ![...chosen].some((peer) => isEveryPod(peer, homes))))
    return texts(chosen);
  const everyWorkload = home.workloads.length > 1 && home.workloads.every((peer) => chosen.has(peer));
  const everyOther = home.others.every((peer) => chosen.has(peer));
  if (home.everyPod !== undefined && chosen.has(home.everyPod)) {
    const missing = withoutTwins(
      [...home.workloads, ...home.others].filter((peer) => !chosen.has(peer)),
      homes,
    );
    if (missing.length === 0 && chosen.size < 2) return texts(chosen);
    if (missing.length === 0) return [`any pod in ${name}`];
    if (exceptions && missing.length <= FEW) return [`any pod in ${name} except ${texts(missing).join(", ")}`];
  }
  if (!everyWorkload) return texts(chosen);
  const rest = everyOther && home.everyPod !== undefined ? [] : [...chosen].filter((peer) => peer.kind !== "workload");
  return [`every workload in ${name}`, ...texts(rest)];
}

/** True of the undeclared pods of a namespace that stand for any pod there but a few that have a name here. */
function isEveryPod(peer: Peer, homes: ReadonlyMap<string, Home>): boolean {
  return peer.kind === "representative" && peer.namespace !== undefined && homes.get(peer.namespace)?.everyPod === peer;
}

/** `any address outside the cluster`, less what is missing where that is short. */
function nameAddresses(set: AddressSet): string {
  if (set === ALL_ADDRESSES) return "any address outside the cluster";
  const missing = subtractAddresses(ALL_ADDRESSES, set);
  const exact = formatAddresses(set);
  if (missing === ALL_V4 || missing === ALL_V6)
    return `any ${missing === ALL_V4 ? "IPv6" : "IPv4"} address outside the cluster`;
  const except = formatAddresses(missing);
  return except.length < exact.length && !except.includes("-")
    ? `any address outside the cluster except ${except}`
    : exact;
}
