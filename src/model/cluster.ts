import type { Issue, SourceRef } from "../errors.ts";
import type { Pod } from "./endpoint.ts";
import type { LabelSet } from "./labels.ts";
import type { Direction, ObjectRef, Policy } from "./policy.ts";

/** Pods that one object creates. Identity across base and head is namespace/kind/name. */
export type Workload = {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  /** One replica of a StatefulSet, where a policy singles it out. */
  readonly replica?: number;
  readonly pod: Pod;
  /** Number of pods as declared; `undefined` where the cluster decides (DaemonSet). */
  readonly replicas: number | undefined;
  /** Ordinal of a StatefulSet's first replica, where it is not 0. */
  readonly firstReplica?: number;
  /** The line of the object's `kind`. */
  readonly source: SourceRef;
  /** The line of each label of the pod template that has one. */
  readonly labelLines: ReadonlyMap<string, number>;
  /** Directions that the annotation `netpol-review.io/protected` names. */
  readonly protected: readonly Direction[];
  /** Equal for pod templates that differ in names and labels only. */
  readonly templateDigest: string;
  /** Declared container ports, named or not, for messages: `TCP 8080`. */
  readonly declaredPorts: string;
  /** Annotations that attach the pods to networks beside the cluster's: `k8s.v1.cni.cncf.io/networks=macvlan`. */
  readonly otherNetworks?: readonly string[];
};

export type Namespace = {
  readonly name: string;
  /** The true `kubernetes.io/metadata.name` is always among them. */
  readonly labels: LabelSet;
  /** A Namespace object stands in the tree. */
  readonly declared: boolean;
  readonly source: SourceRef | undefined;
};

/** Something that an answer rests on and that the tree does not say. */
export type Assumption = { readonly text: string; readonly at: SourceRef | undefined };

/** The network plugin that a review assumes, and why. */
export type Plugin = {
  readonly name: string | undefined;
  readonly reason: string;
  /** False where the plugin enforces no policy at all (Flannel). */
  readonly enforces: boolean;
};

/** A place in this tree where the plugin does something else than the policy says. */
export type Deviation = { readonly at: SourceRef; readonly object: ObjectRef; readonly text: string };

/** What was read of one tree, ready to be judged. */
export type Cluster = {
  /** Declared ones and those that an object merely stands in. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
  /** Sorted by namespace, name, kind. */
  readonly workloads: readonly Workload[];
  /** In evaluation order. */
  readonly policies: readonly Policy[];
  readonly plugin: Plugin;
  readonly deviations: readonly Deviation[];
  readonly issues: readonly Issue[];
  readonly assumptions: readonly Assumption[];
  /** Names of entities and patterns of names outside the cluster that are peers of their own here. */
  readonly entities: readonly string[];
  readonly fqdns: readonly string[];
  readonly counts: Counts;
};

/** What was read, for the footnote of a report. */
export type Counts = {
  readonly files: number;
  readonly documents: number;
  readonly skipped: number;
  readonly workloads: number;
  readonly policies: number;
};

/** `production/db[StatefulSet]`, or `production/db[StatefulSet 0]` for one replica. */
export function formatWorkload(workload: Pick<Workload, "namespace" | "name" | "kind" | "replica">): string {
  const replica = workload.replica === undefined ? "" : ` ${workload.replica}`;
  return `${workload.namespace}/${workload.name}[${workload.kind}${replica}]`;
}

/** True where a flow of the workload to itself can mean two different pods. */
export function hasTwins(workload: Workload): boolean {
  return workload.replica === undefined && (workload.replicas === undefined || workload.replicas > 1);
}
