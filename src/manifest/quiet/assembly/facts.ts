// AssemblyScript: what is noted of one document on the way through it. Everything that the API server would refuse is given up on.

import { blockOf, isHole } from "./blocks";
import { ASKED, giveUp, HOLES, holds, LABELS, PORTS, push, spells, tell, tellList } from "./memory";
import {
  ACCOUNT,
  ASKED_LABEL,
  BLOCK,
  CIDR,
  CONTAINER,
  CONTAINER_PORT,
  EGRESS_PORT,
  EGRESS_RULE,
  EXCEPT,
  EXPRESSION,
  EXPRESSION_KEY,
  EXPRESSION_VALUE,
  INGRESS_PORT,
  INGRESS_RULE,
  IS_BLOCK,
  NAMED,
  NAMED_NAMESPACE,
  OPERATOR,
  PEER,
  PEER_LABEL,
  PEER_SELECTOR,
  PLACED,
  POD_LABEL,
  POLICY,
  POLICY_TYPE,
  PORT_NAME,
  PROTOCOL,
  RESTARTS,
  SELECTOR,
  SET,
  SUBJECT_EXPRESSION,
  WORKLOAD,
} from "./notes";
import { keyEnd, keyStart } from "./scan";
import { isDnsLabel, isLabelKey, isLabelValue, isPortName, isSubdomain, wholeNumber } from "./syntax";
import { labelText, portText, textOf } from "./texts";

/** Stands for what an expression asks: no pod has it for a label. */
const ANY: i32 = 1;
const MOST_PORT: i32 = 65535;

let name: i32 = 0;
let namespace: i32 = 0;
let isComplete: bool = false;
let labels: i32 = 0;
let asked: i32 = 0;
let ports: i32 = 0;
let types: i32 = 0;
let hasIngressType: bool = false;
let hasEgressType: bool = false;
let ingress: i32 = 0;
let egress: i32 = 0;
let selectors: i32 = 0;
let blocks: i32 = 0;
let containers: i32 = 0;
let isSelecting: bool = false;
let hasKey: bool = false;
/** 1: it takes values, 2: it takes none. */
let operator: i32 = 0;
let values: i32 = 0;
/** Where they stand; holes by their start and end. */
let cidr: i32 = 0;
let cidrEnd: i32 = 0;
let holes: i32 = 0;
let portName: i32 = 0;
let hasPortNumber: bool = false;
/** A text; 0: none is given, which stands for TCP. */
let protocol: i32 = 0;

/** Starts a document. */
export function begin(): void {
  name = 0;
  namespace = 0;
  isComplete = false;
  labels = 0;
  asked = 0;
  ports = 0;
  types = 0;
  hasIngressType = false;
  hasEgressType = false;
  ingress = 0;
  egress = 0;
  selectors = 0;
  blocks = 0;
  containers = 0;
  isSelecting = false;
  hasKey = false;
  operator = 0;
  values = 0;
  cidr = 0;
  holes = 0;
  portName = 0;
  hasPortNumber = false;
  protocol = 0;
}

/** Ends a document; tells its form, where it stands, and the labels and ports that it has or asks for. */
export function finish(form: i32, needsSpec: bool): void {
  if (name === 0 || namespace === 0 || (needsSpec && !isComplete)) giveUp();
  tell(form);
  tell(namespace);
  tell(name);
  tell(labels);
  tell(asked);
  tell(ports);
  tellList(LABELS, labels);
  tellList(ASKED, asked);
  tellList(PORTS, ports);
}

/** Notes a text, with the last key where it is a label. */
export function noteText(what: i32, from: i32, to: i32): void {
  switch (what) {
    case NAMED:
      if (!isSubdomain(from, to)) giveUp();
      name = textOf(from, to);
      break;
    case PLACED:
      if (!isDnsLabel(from, to)) giveUp();
      namespace = textOf(from, to);
      break;
    case NAMED_NAMESPACE:
      if (!isDnsLabel(from, to)) giveUp();
      name = textOf(from, to);
      namespace = name;
      break;
    case ACCOUNT:
      if (!isSubdomain(from, to)) giveUp();
      break;
    case POD_LABEL:
      labels = push(LABELS, labels, label(from, to));
      break;
    case ASKED_LABEL:
      asked = push(ASKED, asked, label(from, to));
      break;
    case PEER_LABEL:
      checkLabel(from, to);
      break;
    case EXPRESSION_KEY:
      if (!isLabelKey(from, to)) giveUp();
      hasKey = true;
      break;
    case OPERATOR:
      operator = operatorOf(from, to);
      break;
    case EXPRESSION_VALUE:
      if (!isLabelValue(from, to)) giveUp();
      values++;
      break;
    case POLICY_TYPE:
      notePolicyType(from, to);
      break;
    case CIDR:
      cidr = from;
      cidrEnd = to;
      break;
    case EXCEPT:
      holes = push(HOLES, push(HOLES, holes, from), to);
      break;
    case PROTOCOL:
      if (!spells(from, to, "TCP") && !spells(from, to, "UDP") && !spells(from, to, "SCTP")) giveUp();
      protocol = textOf(from, to);
      break;
    case PORT_NAME:
      if (!isPortName(from, to)) giveUp();
      portName = textOf(from, to);
      break;
    case RESTARTS:
      if (!spells(from, to, "Always") && !spells(from, to, "OnFailure") && !spells(from, to, "Never")) giveUp();
      break;
    default:
      giveUp();
  }
}

/** Notes a whole number: a port, wherever one is told. */
export function noteNumber(from: i32, to: i32): void {
  const port = wholeNumber(from, to);
  if (port < 1 || port > MOST_PORT) giveUp();
  hasPortNumber = true;
}

/** Notes the end of a mapping. */
export function noteEnd(what: i32): void {
  switch (what) {
    case EXPRESSION:
      endExpression();
      break;
    case SUBJECT_EXPRESSION:
      endExpression();
      asked = push(ASKED, asked, ANY);
      break;
    case INGRESS_RULE:
      ingress++;
      break;
    case EGRESS_RULE:
      egress++;
      break;
    case PEER_SELECTOR:
      selectors++;
      break;
    case BLOCK:
      endBlock();
      break;
    case PEER:
      // A peer has selectors or a block, and not both.
      if (selectors > 0 === blocks > 0) giveUp();
      selectors = 0;
      blocks = 0;
      break;
    case INGRESS_PORT:
      endPort();
      break;
    case EGRESS_PORT:
      // Named ones are those of other pods.
      if (portName !== 0) giveUp();
      endPort();
      break;
    case CONTAINER_PORT:
      if (!hasPortNumber) giveUp();
      endPort();
      break;
    case CONTAINER:
      containers++;
      break;
    case SELECTOR:
      isSelecting = true;
      break;
    case POLICY:
      endPolicy();
      break;
    case WORKLOAD:
      endWorkload();
      break;
    case SET:
      endWorkload();
      if (!isSelecting) giveUp();
      for (let i = 0; i < asked; i++) if (!holds(LABELS, labels, load<i32>(ASKED + 4 * i))) giveUp();
      break;
    default:
      giveUp();
  }
}

function checkLabel(from: i32, to: i32): void {
  if (!isLabelKey(keyStart(), keyEnd()) || !isLabelValue(from, to)) giveUp();
}

function label(from: i32, to: i32): i32 {
  checkLabel(from, to);
  return labelText(keyStart(), keyEnd(), from, to);
}

function operatorOf(from: i32, to: i32): i32 {
  if (spells(from, to, "In") || spells(from, to, "NotIn")) return 1;
  if (!spells(from, to, "Exists") && !spells(from, to, "DoesNotExist")) giveUp();
  return 2;
}

function endExpression(): void {
  if (!hasKey || operator === 0 || (operator === 1) !== values > 0) giveUp();
  hasKey = false;
  operator = 0;
  values = 0;
}

function notePolicyType(from: i32, to: i32): void {
  types++;
  if (spells(from, to, "Ingress")) hasIngressType = true;
  else if (spells(from, to, "Egress")) hasEgressType = true;
  else giveUp();
}

function endBlock(): void {
  if (cidr === 0) giveUp();
  if (!isPlainBlock()) tellBlock();
  blocks++;
  cidr = 0;
  holes = 0;
}

/** True of a block of IPv4 with holes that lie in it. */
function isPlainBlock(): bool {
  const block = blockOf(cidr, cidrEnd);
  if (block < 0) return false;
  for (let i = 0; i < holes; i += 2) {
    const hole = blockOf(load<i32>(HOLES + 4 * i), load<i32>(HOLES + 4 * i + 4));
    if (hole < 0 || !isHole(hole, block)) return false;
  }
  return true;
}

/** Whether another block is plain, the host has to say. */
function tellBlock(): void {
  tell(IS_BLOCK);
  tell(textOf(cidr, cidrEnd));
  tell(holes >> 1);
  for (let i = 0; i < holes; i += 2) tell(textOf(load<i32>(HOLES + 4 * i), load<i32>(HOLES + 4 * i + 4)));
}

function endPort(): void {
  if (portName !== 0) ports = push(PORTS, ports, portText(portName, protocol));
  portName = 0;
  hasPortNumber = false;
  protocol = 0;
}

/** What can be said of a policy at its end. */
function endPolicy(): void {
  if (types > 2) giveUp();
  if (types > 0 && ((ingress > 0 && !hasIngressType) || (egress > 0 && !hasEgressType))) giveUp();
  isComplete = true;
}

/** What can be said of a workload at its end: it has containers, and no port name stands for two ports. */
function endWorkload(): void {
  if (containers === 0) giveUp();
  for (let i = 1; i < ports; i++) if (holds(PORTS, i, load<i32>(PORTS + 4 * i))) giveUp();
  isComplete = true;
}
