import type { Address } from "../sets/addresses.ts";
import type { Protocol } from "../sets/protocol.ts";
import type { LabelSet } from "./labels.ts";

/** A port that a container declares. `port` is 1–65535. */
export type ContainerPort = { readonly name: string; readonly protocol: Protocol; readonly port: number };

/** Everything about one pod that a policy can ask. */
export type Pod = {
  readonly namespace: string;
  readonly labels: LabelSet;
  readonly namespaceLabels: LabelSet;
  readonly serviceAccount: string;
  readonly serviceAccountLabels: LabelSet;
  /** Named ports, in the order of their containers; `undefined` for a pod that the tree does not declare. */
  readonly ports: readonly ContainerPort[] | undefined;
  /** The pod shares its node's network: no selector matches it and no policy governs it. */
  readonly hostNetwork: boolean;
};

/** One end of a connection, on one side of the review. */
export type Endpoint =
  | { readonly kind: "pod"; readonly pod: Pod }
  | { readonly kind: "address"; readonly address: Address }
  | { readonly kind: "entity"; readonly name: string }
  | { readonly kind: "fqdn"; readonly pattern: string };
