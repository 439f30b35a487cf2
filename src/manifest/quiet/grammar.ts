import { NETWORK_ANNOTATIONS } from "../other-networks.ts";
import { ANYTHING, DISTINCT, labels, list, map, number, type Rule, scalar, text } from "./rule.ts";

type Fields = Readonly<Record<string, Rule>>;

/** Nothing here has a value that decoders take as it stands. */
const REFUSED = map({}, undefined, "REFUSED");

/** They stand before what is read here; what has `items` is a list. */
const TYPE: Fields = { apiVersion: REFUSED, kind: REFUSED, items: REFUSED };
const IDENTITY: Fields = {
  name: text("NAMED"),
  namespace: text("PLACED"),
  labels: labels(),
};
/** Fields that tie an object to others, leave its name open, or say that it is protected. */
const METADATA = map(
  {
    ...IDENTITY,
    generateName: REFUSED,
    ownerReferences: REFUSED,
    annotations: map({ "netpol-review.io/protected": REFUSED }, ANYTHING),
  },
  ANYTHING,
);

const podLabels = labels("POD_LABEL");
const askedLabels = labels("ASKED_LABEL");

const PROTOCOL = text("PROTOCOL");
const CONTAINER_PORT = map(
  {
    name: text("PORT_NAME"),
    protocol: PROTOCOL,
    containerPort: number("PORT_NUMBER"),
  },
  DISTINCT,
  "CONTAINER_PORT",
);
const ACCOUNT = text("ACCOUNT");
/** What else decoders read of a container: what runs in it. */
const CONTAINER: Fields = {
  restartPolicy: text("RESTARTS"),
  image: DISTINCT,
  command: DISTINCT,
  args: DISTINCT,
};
const POD_SPEC = map(
  {
    containers: list(map({ ports: list(CONTAINER_PORT), ...CONTAINER }, ANYTHING, "CONTAINER")),
    initContainers: list(map({ ports: REFUSED, ...CONTAINER }, ANYTHING)),
    serviceAccountName: ACCOUNT,
    serviceAccount: ACCOUNT,
    hostNetwork: REFUSED,
    networks: REFUSED,
  },
  ANYTHING,
);
const POD_ANNOTATIONS = map(Object.fromEntries(NETWORK_ANNOTATIONS.map((key) => [key, REFUSED])), ANYTHING);
const TEMPLATE = map(
  { metadata: map({ labels: podLabels, annotations: POD_ANNOTATIONS }, ANYTHING), spec: POD_SPEC },
  ANYTHING,
);
const COUNT = number();

/** Fields of other kinds of workloads, which decoders read wherever they stand. */
function withoutOthers(fields: Fields): Rule {
  const others = ["replicas", "selector", "parallelism", "completions", "completionMode", "manualSelector", "ordinals"];
  return map({ ...Object.fromEntries(others.map((key) => [key, REFUSED])), ...fields }, ANYTHING);
}

function workload(spec: Rule, end: "SET" | "WORKLOAD"): Rule {
  return map({ ...TYPE, metadata: METADATA, spec }, ANYTHING, end);
}

const OWN_SELECTOR = map({ matchLabels: askedLabels }, undefined, "SELECTOR");
const SET = workload(withoutOthers({ replicas: COUNT, selector: OWN_SELECTOR, template: TEMPLATE }), "SET");
const JOB_SPEC = withoutOthers({ parallelism: COUNT, completions: COUNT, template: TEMPLATE });
const JOB = workload(JOB_SPEC, "WORKLOAD");
const CRON_JOB = workload(map({ jobTemplate: map({ spec: JOB_SPEC }, ANYTHING) }, ANYTHING), "WORKLOAD");

const MATCHED = labels("PEER_LABEL");
const EXPRESSION: Fields = {
  key: text("EXPRESSION_KEY"),
  operator: text("OPERATOR"),
  values: list(text("EXPRESSION_VALUE")),
};
const EXPRESSIONS = list(map(EXPRESSION, undefined, "EXPRESSION"));
const SELECTOR = map({ matchLabels: MATCHED, matchExpressions: EXPRESSIONS }, undefined, "PEER_SELECTOR");
const SUBJECT_EXPRESSIONS = list(map(EXPRESSION, undefined, "SUBJECT_EXPRESSION"));
const BLOCK = map({ cidr: text("CIDR"), except: list(text("EXCEPT")) }, undefined, "BLOCK");
const PEER = map({ podSelector: SELECTOR, namespaceSelector: SELECTOR, ipBlock: BLOCK }, undefined, "PEER");
const RULE_PORT: Fields = {
  protocol: PROTOCOL,
  port: scalar("PORT_NAME"),
};
const INGRESS_PORT = map(RULE_PORT, undefined, "INGRESS_PORT");
const EGRESS_PORT = map(RULE_PORT, undefined, "EGRESS_PORT");
const POLICY_SPEC = map(
  {
    podSelector: map({ matchLabels: askedLabels, matchExpressions: SUBJECT_EXPRESSIONS }),
    policyTypes: list(text("POLICY_TYPE")),
    ingress: list(map({ from: list(PEER), ports: list(INGRESS_PORT) }, undefined, "INGRESS_RULE")),
    egress: list(map({ to: list(PEER), ports: list(EGRESS_PORT) }, undefined, "EGRESS_RULE")),
  },
  undefined,
  "POLICY",
);
const POLICY = map({ ...TYPE, metadata: map({ ...IDENTITY, annotations: labels() }), spec: POLICY_SPEC });

const NAMESPACE = map(
  {
    ...TYPE,
    metadata: map({
      name: text("NAMED_NAMESPACE"),
      labels: podLabels,
      annotations: ANYTHING,
    }),
  },
  ANYTHING,
);
const SERVICE = map({ ...TYPE, metadata: map({ ...IDENTITY, annotations: labels() }) }, DISTINCT);
const ACCOUNT_OBJECT = map({ ...TYPE, metadata: METADATA }, ANYTHING);

/** One usual kind: what its objects are for, and what its documents must be. */
type Form = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly role: "policy" | "workload" | "namespace" | "other";
  readonly rule: Rule;
};

/** The usual kinds. */
export const FORMS: readonly Form[] = [
  { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", role: "policy", rule: POLICY },
  { apiVersion: "apps/v1", kind: "Deployment", role: "workload", rule: SET },
  { apiVersion: "apps/v1", kind: "ReplicaSet", role: "workload", rule: SET },
  { apiVersion: "apps/v1", kind: "StatefulSet", role: "workload", rule: SET },
  { apiVersion: "batch/v1", kind: "Job", role: "workload", rule: JOB },
  { apiVersion: "batch/v1", kind: "CronJob", role: "workload", rule: CRON_JOB },
  { apiVersion: "v1", kind: "Namespace", role: "namespace", rule: NAMESPACE },
  { apiVersion: "v1", kind: "Service", role: "other", rule: SERVICE },
  { apiVersion: "v1", kind: "ServiceAccount", role: "other", rule: ACCOUNT_OBJECT },
];
