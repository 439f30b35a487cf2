/** A label that an operator puts on its pods: the value, or `undefined` where only the cluster knows it. */
export type AddedLabel = readonly [key: string, value: string | undefined];

/** A custom resource whose pods' labels its manifest fixes. */
export type OperatorKind = {
  readonly group: string;
  readonly kind: string;
  /** Where the labels of the pods stand. */
  readonly labels: readonly string[];
  /** Where the pods' spec stands (hostNetwork, serviceAccountName, containers). */
  readonly spec: readonly string[];
  /** The containers under `spec` are all that the pods have; else the ports of the pods are not known. */
  readonly wholeSpec: boolean;
  /** Where the number of pods stands. */
  readonly replicas: readonly string[];
  /** What the operator adds for an object of this name. */
  readonly added: (name: string) => readonly AddedLabel[];
  readonly source: string;
};

const TEMPLATE = {
  labels: ["spec", "template", "metadata", "labels"],
  spec: ["spec", "template", "spec"],
  replicas: ["spec", "replicas"],
} as const;

/** Kinds whose pods no built-in controller's manifest describes; one row a kind, with its source. */
export const OPERATOR_KINDS: readonly OperatorKind[] = [
  {
    group: "argoproj.io",
    kind: "Rollout",
    ...TEMPLATE,
    wholeSpec: true,
    added: () => [["rollouts-pod-template-hash", undefined]],
    source: "argoproj/argo-rollouts pkg/apis/rollouts/v1alpha1/types.go, DefaultRolloutUniqueLabelKey",
  },
  {
    group: "apps.kruise.io",
    kind: "CloneSet",
    ...TEMPLATE,
    wholeSpec: true,
    added: () => unknown("controller-revision-hash", "apps.kruise.io/cloneset-instance-id", "pod-template-hash"),
    source: "openkruise/kruise apis/apps/v1alpha1/cloneset_types.go",
  },
  {
    group: "apps.kruise.io",
    kind: "StatefulSet",
    ...TEMPLATE,
    wholeSpec: true,
    added: () => unknown("controller-revision-hash", "statefulset.kubernetes.io/pod-name"),
    source: "openkruise/kruise apis/apps/v1beta1/statefulset_types.go",
  },
  {
    group: "apps.kruise.io",
    kind: "DaemonSet",
    ...TEMPLATE,
    wholeSpec: true,
    replicas: [],
    added: () => unknown("controller-revision-hash", "pod-template-generation"),
    source: "openkruise/kruise apis/apps/v1alpha1/daemonset_types.go",
  },
  ...["Service", "Configuration"].map((kind) => ({
    group: "serving.knative.dev",
    kind,
    ...TEMPLATE,
    wholeSpec: false,
    replicas: [],
    added: (name: string): readonly AddedLabel[] => [
      ...(kind === "Service" ? [["serving.knative.dev/service", name] as const] : []),
      ["serving.knative.dev/configuration", name],
      ...unknown(
        "serving.knative.dev/configurationGeneration",
        "serving.knative.dev/configurationUID",
        "serving.knative.dev/revision",
        "serving.knative.dev/revisionUID",
        "serving.knative.dev/serviceUID",
        "app",
        "pod-template-hash",
      ),
    ],
    source: "knative/serving pkg/reconciler/revision/resources/meta.go, makeLabels",
  })),
  ...["VirtualMachine", "VirtualMachineInstanceReplicaSet"].map((kind) => ({
    group: "kubevirt.io",
    kind,
    ...TEMPLATE,
    wholeSpec: true,
    added: (name: string): readonly AddedLabel[] => [
      ["kubevirt.io", "virt-launcher"],
      ["vm.kubevirt.io/name", kind === "VirtualMachine" ? name : undefined],
      ...unknown("kubevirt.io/created-by", "kubevirt.io/nodeName"),
    ],
    source: "kubevirt/kubevirt pkg/virt-controller/services/template.go, podLabels",
  })),
  {
    group: "kubevirt.io",
    kind: "VirtualMachineInstance",
    labels: ["metadata", "labels"],
    spec: ["spec"],
    wholeSpec: true,
    replicas: [],
    added: (name) => [
      ["kubevirt.io", "virt-launcher"],
      ["vm.kubevirt.io/name", name],
      ...unknown("kubevirt.io/created-by", "kubevirt.io/nodeName"),
    ],
    source: "kubevirt/kubevirt pkg/virt-controller/services/template.go, podLabels",
  },
  {
    group: "postgresql.cnpg.io",
    kind: "Cluster",
    labels: ["spec", "inheritedMetadata", "labels"],
    spec: [],
    wholeSpec: false,
    replicas: ["spec", "instances"],
    added: (name) => [
      ["cnpg.io/cluster", name],
      ["cnpg.io/podRole", "instance"],
      ...unknown("cnpg.io/instanceName", "cnpg.io/instanceRole", "role"),
    ],
    source: "cloudnative-pg documentation, Labels and annotations, Predefined labels",
  },
  {
    group: "postgresql.cnpg.io",
    kind: "Pooler",
    ...TEMPLATE,
    wholeSpec: false,
    replicas: ["spec", "instances"],
    added: (name) => [
      ["cnpg.io/poolerName", name],
      ["cnpg.io/podRole", "pooler"],
      ...unknown("cnpg.io/cluster", "pod-template-hash"),
    ],
    source: "cloudnative-pg documentation, Labels and annotations, Predefined labels",
  },
  ...[
    ["Prometheus", "prometheus"],
    ["Alertmanager", "alertmanager"],
    ["ThanosRuler", "thanos-ruler"],
  ].map(([kind = "", app = ""]) => ({
    group: "monitoring.coreos.com",
    kind,
    labels: ["spec", "podMetadata", "labels"],
    spec: ["spec"],
    wholeSpec: false,
    replicas: ["spec", "replicas"],
    added: (name: string): readonly AddedLabel[] => [
      ["app.kubernetes.io/name", app],
      ["app.kubernetes.io/instance", name],
      ["app.kubernetes.io/managed-by", "prometheus-operator"],
      [app, name],
      ...(kind === "Prometheus" ? prometheusLabels(name) : []),
      ...unknown(
        "app.kubernetes.io/version",
        "controller-revision-hash",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
      ),
    ],
    source: `prometheus-operator/prometheus-operator pkg/${app.replace("-ruler", "")}, podSelectorLabels`,
  })),
  ...[
    ["Kafka", "kafka", "kafka", "spec.kafka"],
    ["KafkaConnect", "connect", "kafka-connect", "spec"],
    ["KafkaMirrorMaker2", "mirrormaker2", "kafka-mirror-maker-2", "spec"],
    ["KafkaBridge", "bridge", "kafka-bridge", "spec"],
  ].map(([kind = "", suffix = "", app = "", at = ""]) => ({
    group: "kafka.strimzi.io",
    kind,
    labels: [...at.split("."), "template", "pod", "metadata", "labels"],
    spec: [],
    wholeSpec: false,
    replicas: [...at.split("."), "replicas"],
    added: (name: string): readonly AddedLabel[] => [
      ["strimzi.io/cluster", name],
      ["strimzi.io/kind", kind],
      ["strimzi.io/name", `${name}-${suffix}`],
      ["app.kubernetes.io/name", app],
      ["app.kubernetes.io/instance", name],
      ["app.kubernetes.io/managed-by", "strimzi-cluster-operator"],
      ["app.kubernetes.io/part-of", `strimzi-${name}`],
      ...unknown("strimzi.io/component-type", "strimzi.io/pod-name", "strimzi.io/controller"),
    ],
    source: "strimzi/strimzi-kafka-operator operator-common model/Labels.java; documentation, MetadataTemplate",
  })),
  {
    group: "keda.sh",
    kind: "ScaledJob",
    labels: ["spec", "jobTargetRef", "template", "metadata", "labels"],
    spec: ["spec", "jobTargetRef", "template", "spec"],
    wholeSpec: true,
    replicas: [],
    added: (name) => [
      ["scaledjob.keda.sh/name", name],
      ...unknown("job-name", "batch.kubernetes.io/job-name", "controller-uid", "batch.kubernetes.io/controller-uid"),
    ],
    source: "kedacore/keda pkg/scaling/executor/scale_jobs.go, createJobs",
  },
  {
    group: "rabbitmq.com",
    kind: "RabbitmqCluster",
    labels: ["metadata", "labels"],
    spec: [],
    wholeSpec: false,
    replicas: ["spec", "replicas"],
    added: (name) => [
      ["app.kubernetes.io/name", name],
      ["app.kubernetes.io/component", "rabbitmq"],
      ["app.kubernetes.io/part-of", "rabbitmq"],
      ...unknown("controller-revision-hash", "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"),
    ],
    source: "rabbitmq/cluster-operator internal/metadata/label.go",
  },
  {
    group: "kubeflow.org",
    kind: "Notebook",
    labels: ["metadata", "labels"],
    spec: ["spec", "template", "spec"],
    wholeSpec: true,
    replicas: [],
    added: (name) => [
      ["statefulset", name],
      ["notebook-name", name],
      ...unknown("controller-revision-hash", "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"),
    ],
    source: "kubeflow/kubeflow components/notebook-controller/controllers/notebook_controller.go, generateStatefulSet",
  },
];

const BY_IDENTITY = new Map(OPERATOR_KINDS.map((each) => [`${each.group}/${each.kind}`, each]));

/** The row of a custom resource that makes pods. */
export function operatorKind(group: string, kind: string): OperatorKind | undefined {
  return BY_IDENTITY.get(`${group}/${kind}`);
}

function prometheusLabels(name: string): readonly AddedLabel[] {
  return [["operator.prometheus.io/name", name], ...unknown("operator.prometheus.io/shard")];
}

function unknown(...keys: readonly string[]): readonly AddedLabel[] {
  return keys.map((key) => [key, undefined]);
}
