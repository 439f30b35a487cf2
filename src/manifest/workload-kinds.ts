import { type Field, integer, member, text } from "./fields.ts";
import type { AddedLabel } from "./operators.ts";

/** A kind of Kubernetes or OpenShift that makes pods. */
export type WorkloadKind = {
  readonly group: string;
  readonly kind: string;
  /** Where the pod template stands; the object itself is one where the path is empty. */
  readonly template: readonly string[];
  /** Number of pods; `undefined` where the cluster decides. `object` is the whole object. */
  readonly replicas: (object: Field) => number | undefined;
  /** Labels that its controller adds. `name` is `undefined` where the API server makes it up. */
  readonly added: (name: string | undefined, object: Field) => readonly AddedLabel[];
  readonly source: string;
};

const TEMPLATE = ["spec", "template"];
const COUNT = { min: 0, max: 2 ** 31 - 1 };

const WORKLOAD_KINDS: readonly WorkloadKind[] = [
  { group: "", kind: "Pod", template: [], replicas: () => 1, added: () => [], source: "core/v1 types.go, Pod" },
  {
    group: "apps",
    kind: "Deployment",
    template: TEMPLATE,
    replicas: declared,
    added: () => [["pod-template-hash", undefined]],
    source: "apps/v1 types.go, DefaultDeploymentUniqueLabelKey",
  },
  {
    group: "apps",
    kind: "ReplicaSet",
    template: TEMPLATE,
    replicas: declared,
    added: () => [],
    source: "kubernetes/kubernetes pkg/controller/replicaset",
  },
  {
    group: "apps",
    kind: "StatefulSet",
    template: TEMPLATE,
    replicas: declared,
    added: () =>
      unknown("statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "controller-revision-hash"),
    source: "apps/v1 types.go, StatefulSetPodNameLabel, PodIndexLabel, ControllerRevisionHashLabelKey",
  },
  {
    group: "apps",
    kind: "DaemonSet",
    template: TEMPLATE,
    replicas: () => undefined,
    added: () => unknown("controller-revision-hash", "pod-template-generation"),
    source: "apps/v1 types.go, DefaultDaemonSetUniqueLabelKey, DeprecatedTemplateGeneration",
  },
  {
    group: "batch",
    kind: "Job",
    template: TEMPLATE,
    replicas: (object) => jobPods(member(object, "spec")),
    added: (name, object) => jobLabels(name, member(object, "spec")),
    source: "batch/v1 types.go, JobNameLabel, ControllerUidLabel; pkg/registry/batch/job/strategy.go, generateSelector",
  },
  {
    group: "batch",
    kind: "CronJob",
    template: ["spec", "jobTemplate", "spec", "template"],
    replicas: (object) => jobPods(member(member(member(object, "spec"), "jobTemplate"), "spec")),
    added: (_, object) => jobLabels(undefined, member(member(member(object, "spec"), "jobTemplate"), "spec")),
    source: "batch/v1 types.go; kubernetes/kubernetes pkg/controller/cronjob, getJobName",
  },
  {
    group: "",
    kind: "ReplicationController",
    template: TEMPLATE,
    replicas: declared,
    added: () => [],
    source: "kubernetes/kubernetes pkg/controller/replication",
  },
  {
    group: "apps.openshift.io",
    kind: "DeploymentConfig",
    template: TEMPLATE,
    replicas: declared,
    added: (name) => [
      ["deploymentconfig", name],
      ["deployment", undefined],
    ],
    source: "openshift/library-go pkg/apps/appsutil, DeploymentConfigLabel, DeploymentLabel",
  },
];

const BY_IDENTITY = new Map(WORKLOAD_KINDS.map((each) => [`${each.group}/${each.kind}`, each]));

/** Labels that some controller puts on its pods, with values that differ from pod to pod or from time to time. */
export const CONTROLLER_LABELS: ReadonlySet<string> = new Set([
  "pod-template-hash",
  "controller-revision-hash",
  "pod-template-generation",
  "statefulset.kubernetes.io/pod-name",
  "apps.kubernetes.io/pod-index",
  "batch.kubernetes.io/job-completion-index",
  "controller-uid",
  "batch.kubernetes.io/controller-uid",
]);

/** The row of a built-in kind that makes pods. */
export function workloadKind(group: string, kind: string): WorkloadKind | undefined {
  return BY_IDENTITY.get(`${group}/${kind}`);
}

/** `spec.replicas`, 1 where it is missing; `undefined` where it is no number yet. */
function declared(object: Field): number | undefined {
  return countAt(member(member(object, "spec"), "replicas"), 1);
}

/** The number at `field`, `missing` where there is none; a placeholder is left to the cluster. */
export function countAt(field: Field, missing: number): number | undefined {
  if (field.node === undefined) return missing;
  if (field.node.kind === "scalar" && typeof field.node.value === "string") return undefined;
  return integer(field, COUNT);
}

/**
 * Pods of a Job at one time: its parallelism, but not more than its completions.
 * Source: Kubernetes documentation, Jobs, "Controlling parallelism".
 */
function jobPods(spec: Field): number | undefined {
  const parallelism = countAt(member(spec, "parallelism"), 1);
  const completions = countAt(member(spec, "completions"), Number.POSITIVE_INFINITY);
  return parallelism === undefined || completions === undefined ? undefined : Math.min(parallelism, completions);
}

function jobLabels(name: string | undefined, spec: Field): readonly AddedLabel[] {
  const manual = member(spec, "manualSelector").node;
  if (manual?.kind === "scalar" && manual.value === true) return [];
  const indexed = text(member(spec, "completionMode")) === "Indexed";
  return [
    ["job-name", name],
    ["batch.kubernetes.io/job-name", name],
    ...unknown("controller-uid", "batch.kubernetes.io/controller-uid"),
    ...(indexed ? unknown("batch.kubernetes.io/job-completion-index") : []),
  ];
}

function unknown(...keys: readonly string[]): readonly AddedLabel[] {
  return keys.map((key) => [key, undefined]);
}
