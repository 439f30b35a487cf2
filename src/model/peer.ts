import type { AddressSet } from "../sets/addresses.ts";
import type { Workload } from "./cluster.ts";
import type { Pod } from "./endpoint.ts";

/**
 * Whoever can stand at one end of a flow, over base and head together. `text` is the name that people and scripts see.
 * Addresses outside the cluster are no peers one by one: they stand in an `End` as a set.
 */
export type Peer = WorkloadPeer | RepresentativePeer | EntityPeer | NamePeer;

export type WorkloadPeer = {
  readonly kind: "workload";
  readonly text: string;
  /** At least one of the two is there. */
  readonly base: Workload | undefined;
  readonly head: Workload | undefined;
};

/** Pods that the tree does not declare and that match a conjunction of selectors, and no selector beyond it. */
export type RepresentativePeer = {
  readonly kind: "representative";
  readonly text: string;
  readonly base: Pod;
  readonly head: Pod;
  /** Where the pods are: one namespace by name, or any that the tree does not know and that has these labels. */
  readonly namespace: string | undefined;
  /** `{k=v}` of the namespace and of the pod, without the braces; empty for none. */
  readonly namespaceTerms: string;
  readonly podTerms: string;
};

type EntityPeer = { readonly kind: "entity"; readonly text: string; readonly name: string };

type NamePeer = { readonly kind: "fqdn"; readonly text: string; readonly pattern: string };

/** One end of a set of flows: peers, or addresses outside the cluster. */
export type End =
  | { readonly kind: "peers"; readonly peers: readonly Peer[] }
  | { readonly kind: "addresses"; readonly addresses: AddressSet };

export const SIDES = ["base", "head"] as const;

export type Side = (typeof SIDES)[number];

/** The pod that `peer` is on one side; `undefined` where it is none, or not there. */
export function podOf(peer: Peer, side: Side): Pod | undefined {
  switch (peer.kind) {
    case "workload":
      return peer[side]?.pod;
    case "representative":
      return peer[side];
    case "entity":
    case "fqdn":
      return undefined;
  }
}
