import type { Requirement } from "../model/labels.ts";
import type { Direction } from "../model/policy.ts";
import type { AddressSet } from "../sets/addresses.ts";
import type { Protocol } from "../sets/protocol.ts";
import { ipBlock, type Remark } from "./blocks.ts";
import {
  checkMap,
  type Fault,
  type Field,
  fault,
  integer,
  isTemplateText,
  items,
  member,
  root,
  type Shape,
  shape,
  text,
} from "./fields.ts";
import { checkMetadata } from "./metadata.ts";
import type { ManifestObject } from "./object.ts";
import { labelSelector } from "./selector.ts";
import { portNameFault } from "./syntax.ts";

/** A NetworkPolicy as the cluster would store it: every default filled in. */
export type NetworkPolicySpec = {
  readonly podSelector: readonly Requirement[];
  readonly policyTypes: readonly Direction[];
  readonly ingress: readonly RuleSpec[];
  readonly egress: readonly RuleSpec[];
};

/** No peers: any peer. No ports: any port of any protocol. */
export type RuleSpec = {
  readonly line: number;
  readonly peers: readonly PeerSpec[];
  readonly ports: readonly PortSpec[];
};

export type PeerSpec =
  | { readonly kind: "block"; readonly line: number; readonly set: AddressSet }
  | {
      readonly kind: "pods";
      readonly line: number;
      readonly pods: readonly Requirement[] | undefined;
      readonly namespaces: readonly Requirement[] | undefined;
    };

export type PortSpec = {
  readonly protocol: Protocol;
  readonly port: number | string | undefined;
  readonly endPort: number | undefined;
};

/** `status` is told by whoever converts the policy: it is refused, and old generators write it everywhere. */
const POLICY = shape("a NetworkPolicy", ["apiVersion", "kind", "metadata", "spec", "status"], {
  podSelector: "it stands under `spec`",
  ingress: "it stands under `spec`",
  egress: "it stands under `spec`",
  policyTypes: "it stands under `spec`",
});
const SPEC = shape("a NetworkPolicy's spec", ["podSelector", "ingress", "egress", "policyTypes"], {
  from: "peers stand in a rule: `ingress: [{from: […]}]`",
  to: "peers stand in a rule: `egress: [{to: […]}]`",
  ports: "ports stand in a rule under `ingress` or `egress`",
  namespaceSelector: "a NetworkPolicy selects pods of its own namespace",
  selector: "perhaps `podSelector`",
});
const MISPLACED = {
  matchLabels: "labels stand under a `podSelector` or `namespaceSelector`",
  port: "a port stands in the list `ports`",
  protocol: "a protocol stands in the list `ports`",
};
const INGRESS_RULE = ruleShape("an ingress rule", "from", "to");
const EGRESS_RULE = ruleShape("an egress rule", "to", "from");
const PEER = shape("a peer", ["podSelector", "namespaceSelector", "ipBlock"], {
  ...MISPLACED,
  matchExpressions: MISPLACED.matchLabels,
  namespace:
    "a namespace is chosen by its labels: `namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: …}}`",
  serviceAccount: "a NetworkPolicy has no peers by service account",
  cidr: "it stands under `ipBlock`",
  except: "it stands under `ipBlock`",
  ports: "ports stand in the rule, beside the list of peers",
});
const PORT = shape("a port", ["protocol", "port", "endPort"], {
  targetPort: "`port` is the port of the pod",
  containerPort: "`port` is the port of the pod",
  name: "a port name stands under `port`",
});
const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map<string, Protocol>([
  ["TCP", "TCP"],
  ["UDP", "UDP"],
  ["SCTP", "SCTP"],
]);

/** A NetworkPolicy, what is wrong with it, and what was read otherwise than it stands there. */
export type ReadNetworkPolicy = {
  readonly spec: NetworkPolicySpec;
  readonly faults: readonly Fault[];
  readonly remarks: readonly Remark[];
};

/** What the text of a NetworkPolicy says, whatever cluster it is for. */
export function readNetworkPolicy(object: ManifestObject): ReadNetworkPolicy {
  const at = root(object.node);
  const remarks: Remark[] = [];
  const spec = networkPolicySpec(at, remarks);
  if (object.version !== "v1") {
    const text = "`extensions/v1beta1` is served no more since Kubernetes 1.16: read as `networking.k8s.io/v1`";
    remarks.unshift({ line: object.source.line, text });
  }
  return { spec, faults: at.faults, remarks };
}

/**
 * The NetworkPolicy at `object`, checked and defaulted as the API server does it; what is wrong with it ends up in
 * `object.faults`, and then the value must not be used.
 * Source: kubernetes/kubernetes pkg/apis/networking/v1/defaults.go and validation/validation.go.
 */
export function networkPolicySpec(object: Field, remarks: Remark[]): NetworkPolicySpec {
  checkMap(object, POLICY);
  checkMetadata(object);
  const spec = member(object, "spec");
  checkMap(spec, SPEC);
  const podSelector = labelSelector(member(spec, "podSelector")) ?? [];
  const ingress = items(member(spec, "ingress")).map((item) => rule(item, "ingress", remarks));
  const egress = items(member(spec, "egress")).map((item) => rule(item, "egress", remarks));
  const named = policyTypes(member(spec, "policyTypes"));
  const defaulted: readonly Direction[] = egress.length > 0 ? ["ingress", "egress"] : ["ingress"];
  return { podSelector, ingress, egress, policyTypes: named.length > 0 ? named : defaulted };
}

function policyTypes(field: Field): readonly Direction[] {
  const given = items(field);
  if (given.length > 2) fault(field, "must not have more than two entries");
  const out: Direction[] = [];
  for (const item of given) {
    const type = text(item) ?? "";
    if (type === "Ingress") out.push("ingress");
    else if (type === "Egress") out.push("egress");
    else if (!isTemplateText(type)) {
      const meant = ["Ingress", "Egress"].find((each) => each.toLowerCase() === type.toLowerCase());
      fault(
        item,
        `must be \`Ingress\` or \`Egress\`, not \`${type}\`${meant === undefined ? "" : `: write \`${meant}\``}`,
      );
    }
  }
  return out;
}

function rule(field: Field, direction: Direction, remarks: Remark[]): RuleSpec {
  checkMap(field, direction === "ingress" ? INGRESS_RULE : EGRESS_RULE);
  const peers = items(member(field, direction === "ingress" ? "from" : "to")).map((item) => peer(item, remarks));
  const ports = items(member(field, "ports")).map(port);
  return { line: field.line, peers: peers.filter((each) => each !== undefined), ports };
}

function peer(field: Field, remarks: Remark[]): PeerSpec | undefined {
  const before = field.faults.length;
  checkMap(field, PEER);
  const pods = labelSelector(member(field, "podSelector"));
  const namespaces = labelSelector(member(field, "namespaceSelector"));
  const block = member(field, "ipBlock");
  if (block.node !== undefined) {
    if (pods !== undefined || namespaces !== undefined) {
      fault(field, "must not have an `ipBlock` beside a selector: write two peers");
    }
    return { kind: "block", line: field.line, set: ipBlock(block, remarks) };
  }
  if (pods === undefined && namespaces === undefined) {
    if (field.faults.length === before) {
      fault(field, "names no peer: it must have `podSelector`, `namespaceSelector` or `ipBlock`");
    }
    return undefined;
  }
  return { kind: "pods", line: field.line, pods, namespaces };
}

function port(field: Field): PortSpec {
  checkMap(field, PORT);
  const protocolField = member(field, "protocol");
  const given = text(protocolField);
  const protocol = given === undefined ? "TCP" : PROTOCOLS.get(given);
  if (protocol === undefined && given !== undefined && !isTemplateText(given)) {
    const upper = given.toUpperCase();
    const hint = PROTOCOLS.has(upper) ? `: write \`${upper}\`` : "";
    fault(protocolField, `must be \`TCP\`, \`UDP\` or \`SCTP\`, not \`${given}\`${hint}`);
  }
  const number = portNumberOrName(member(field, "port"));
  const endField = member(field, "endPort");
  const endPort = integer(endField, { min: 1, max: 65535 });
  if (endField.node !== undefined) {
    if (typeof number === "string") fault(endField, "must not stand beside a port name");
    else if (number === undefined) fault(endField, "must not stand without `port`");
    else if (endPort !== undefined && endPort < number) fault(endField, `must not be less than \`port\` (${number})`);
  }
  return { protocol: protocol ?? "TCP", port: number, endPort };
}

function portNumberOrName(field: Field): number | string | undefined {
  const { node } = field;
  if (node?.kind === "scalar" && typeof node.value === "string") {
    const name = text(field) ?? "";
    const wrong = isTemplateText(name) ? undefined : portNameFault(name);
    if (wrong !== undefined) fault(field, wrong);
    return name;
  }
  return integer(field, { min: 1, max: 65535 });
}

function ruleShape(what: string, peers: string, opposite: string): Shape {
  return shape(what, [peers, "ports"], {
    ...MISPLACED,
    [opposite]: `the peers of ${what} stand under \`${peers}\``,
    podSelector: `peers stand in a list under \`${peers}\``,
    namespaceSelector: `peers stand in a list under \`${peers}\``,
    ipBlock: `peers stand in a list under \`${peers}\``,
  });
}
