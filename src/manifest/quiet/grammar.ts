import { NETWORK_ANNOTATIONS } from "../other-networks.ts";
import { subdomainFault } from "../syntax.ts";
import { GIVE_UP } from "../yaml/cursor.ts";
import { accept, type Facts, label } from "./facts.ts";
import { ANYTHING, DISTINCT, labels, list, map, number, type Rule, scalar, text } from "./rule.ts";

type FactRule = Rule<Facts>;
type Fields = Readonly<Record<string, FactRule>>;

/** Nothing here has a value that decoders take as it stands. */
const REFUSED: FactRule = map({}, undefined, () => {
  throw GIVE_UP;
});

/** They stand before what is read here. */
const TYPE: Fields = { apiVersion: REFUSED, kind: REFUSED };
const IDENTITY: Fields = {
  name: text((facts, name) => facts.named(name)),
  namespace: text((facts, namespace) => facts.placed(namespace)),
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

const podLabels = labels<Facts>((facts, value, key) => facts.podLabel(key, value));
const askedLabels = labels<Facts>((facts, value, key) => facts.askedLabel(key, value));

const PROTOCOL = text<Facts>((facts, protocol) => facts.protocol(protocol));
const CONTAINER_PORT = map<Facts>(
  {
    name: text((facts, name) => facts.portName(name)),
    protocol: PROTOCOL,
    containerPort: number((facts, digits) => facts.portNumber(digits)),
  },
  ANYTHING,
  (facts) => facts.containerPort(),
);
const ACCOUNT = text<Facts>((_, name) => void accept(name, subdomainFault));
/** What else decoders read of a container: what runs in it. */
const CONTAINER: Fields = {
  restartPolicy: text((facts, policy) => facts.restarts(policy)),
  image: ANYTHING,
  command: DISTINCT,
  args: DISTINCT,
};
const POD_SPEC = map<Facts>(
  {
    containers: list(map<Facts>({ ports: list(CONTAINER_PORT), ...CONTAINER }, ANYTHING, (facts) => facts.container())),
    initContainers: list(map<Facts>({ ports: REFUSED, ...CONTAINER }, ANYTHING)),
    serviceAccountName: ACCOUNT,
    serviceAccount: ACCOUNT,
    hostNetwork: REFUSED,
    networks: REFUSED,
  },
  ANYTHING,
);
const POD_ANNOTATIONS = map<Facts>(Object.fromEntries(NETWORK_ANNOTATIONS.map((key) => [key, REFUSED])), ANYTHING);
const TEMPLATE = map<Facts>(
  { metadata: map({ labels: podLabels, annotations: POD_ANNOTATIONS }, ANYTHING), spec: POD_SPEC },
  ANYTHING,
);
const COUNT = number<Facts>(() => {});

/** Fields of other kinds of workloads, which decoders read wherever they stand. */
function withoutOthers(fields: Fields): FactRule {
  const others = ["replicas", "selector", "parallelism", "completions", "completionMode", "manualSelector", "ordinals"];
  return map({ ...Object.fromEntries(others.map((key) => [key, REFUSED])), ...fields }, ANYTHING);
}

function workload(spec: FactRule, end: (facts: Facts) => void): FactRule {
  return map({ ...TYPE, metadata: METADATA, spec }, ANYTHING, end);
}

const OWN_SELECTOR = map<Facts>({ matchLabels: askedLabels }, undefined, (facts) => facts.selects());
const SET = workload(withoutOthers({ replicas: COUNT, selector: OWN_SELECTOR, template: TEMPLATE }), (facts) =>
  facts.set(),
);
const JOB_SPEC = withoutOthers({ parallelism: COUNT, completions: COUNT, template: TEMPLATE });
const JOB = workload(JOB_SPEC, (facts) => facts.workload());
const CRON_JOB = workload(map({ jobTemplate: map({ spec: JOB_SPEC }, ANYTHING) }, ANYTHING), (facts) =>
  facts.workload(),
);

const MATCHED = labels<Facts>((_, value, key) => void label(key, value));
const EXPRESSION: Fields = {
  key: text((facts, key) => facts.expressionKey(key)),
  operator: text((facts, operator) => facts.operator(operator)),
  values: list(text((facts, value) => facts.expressionValue(value))),
};
const EXPRESSIONS = list(map<Facts>(EXPRESSION, undefined, (facts) => facts.expression()));
const SELECTOR = map<Facts>({ matchLabels: MATCHED, matchExpressions: EXPRESSIONS }, undefined, (facts) =>
  facts.peerSelector(),
);
const SUBJECT_EXPRESSIONS = list(map<Facts>(EXPRESSION, undefined, (facts) => facts.subjectExpression()));
const BLOCK = map<Facts>(
  { cidr: text((facts, cidr) => facts.cidr(cidr)), except: list(text((facts, cidr) => facts.except(cidr))) },
  undefined,
  (facts) => facts.block(),
);
const PEER = map<Facts>({ podSelector: SELECTOR, namespaceSelector: SELECTOR, ipBlock: BLOCK }, undefined, (facts) =>
  facts.peer(),
);
const RULE_PORT: Fields = {
  protocol: PROTOCOL,
  port: scalar((facts, port, kind) => {
    if (kind === "number") facts.portNumber(port);
    else facts.portName(port);
  }),
};
const INGRESS_PORT = map<Facts>(RULE_PORT, undefined, (facts) => facts.rulePort(true));
const EGRESS_PORT = map<Facts>(RULE_PORT, undefined, (facts) => facts.rulePort(false));
const POLICY_SPEC = map<Facts>(
  {
    podSelector: map({ matchLabels: askedLabels, matchExpressions: SUBJECT_EXPRESSIONS }),
    policyTypes: list(text((facts, type) => facts.policyType(type))),
    ingress: list(
      map<Facts>({ from: list(PEER), ports: list(INGRESS_PORT) }, undefined, (facts) => facts.ingressRule()),
    ),
    egress: list(map<Facts>({ to: list(PEER), ports: list(EGRESS_PORT) }, undefined, (facts) => facts.egressRule())),
  },
  undefined,
  (facts) => facts.policy(),
);
const POLICY = map<Facts>({ ...TYPE, metadata: map({ ...IDENTITY, annotations: labels() }), spec: POLICY_SPEC });

const NAMESPACE = map<Facts>(
  {
    ...TYPE,
    metadata: map({
      name: text((facts, name) => facts.namedNamespace(name)),
      labels: podLabels,
      annotations: ANYTHING,
    }),
  },
  ANYTHING,
);
const SERVICE = map<Facts>({ ...TYPE, metadata: map({ ...IDENTITY, annotations: labels() }) }, DISTINCT);
const ACCOUNT_OBJECT = map<Facts>({ ...TYPE, metadata: METADATA }, ANYTHING);

/** One usual kind: what its documents must be, and what they are for. */
export type Form = {
  readonly kind: string;
  readonly role: "policy" | "workload" | "namespace" | "other";
  readonly rule: FactRule;
};

/** The usual kinds, by `apiVersion` and `kind`. */
export const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ["networking.k8s.io/v1 NetworkPolicy", { kind: "NetworkPolicy", role: "policy", rule: POLICY }],
  ["apps/v1 Deployment", { kind: "Deployment", role: "workload", rule: SET }],
  ["apps/v1 ReplicaSet", { kind: "ReplicaSet", role: "workload", rule: SET }],
  ["apps/v1 StatefulSet", { kind: "StatefulSet", role: "workload", rule: SET }],
  ["batch/v1 Job", { kind: "Job", role: "workload", rule: JOB }],
  ["batch/v1 CronJob", { kind: "CronJob", role: "workload", rule: CRON_JOB }],
  ["v1 Namespace", { kind: "Namespace", role: "namespace", rule: NAMESPACE }],
  ["v1 Service", { kind: "Service", role: "other", rule: SERVICE }],
  ["v1 ServiceAccount", { kind: "ServiceAccount", role: "other", rule: ACCOUNT_OBJECT }],
]);
