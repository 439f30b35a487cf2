import { isPlainBlock } from "../blocks.ts";
import { dnsLabelFault, labelKeyFault, labelValueFault, portNameFault, subdomainFault } from "../syntax.ts";
import { GIVE_UP } from "../yaml/cursor.ts";
import { resolvePlain } from "../yaml/scalar.ts";

/** What is noted of one document on the way through it. Every method throws `GIVE_UP` for what the API server would refuse. */
export class Facts {
  name = "";
  namespace = "";
  /** The spec of a workload or policy was there, and in order. */
  isComplete = false;
  /** Labels of the pods, or of a namespace, as `key=value`. */
  labels: readonly string[] = NONE;
  /** Labels that a selector asks for. */
  asked: readonly string[] = NONE;
  /** Named ports, `name/protocol`. */
  ports: readonly string[] = NONE;
  #types: readonly string[] = NONE;
  #ingress = 0;
  #egress = 0;
  #selectors = 0;
  #blocks = 0;
  #containers = 0;
  #isSelecting = false;
  #key = "";
  #operator = "";
  #values = 0;
  #cidr = "";
  #except: readonly string[] = NONE;
  #portName = "";
  #portNumber = "";
  #protocol = "TCP";

  named(name: string): void {
    if (!SHORT_NAME.test(name)) accept(name, subdomainFault);
    this.name = name;
  }

  placed(namespace: string): void {
    this.namespace = accept(namespace, dnsLabelFault);
  }

  namedNamespace(name: string): void {
    this.name = accept(name, dnsLabelFault);
    this.namespace = name;
  }

  podLabel(key: string, value: string): void {
    this.labels = [...this.labels, label(key, value)];
  }

  askedLabel(key: string, value: string): void {
    this.asked = [...this.asked, label(key, value)];
  }

  expressionKey(key: string): void {
    this.#key = accept(key, labelKeyFault);
  }

  operator(text: string): void {
    this.#operator = text;
  }

  expressionValue(value: string): void {
    accept(value, labelValueFault);
    this.#values++;
  }

  expression(): void {
    const takesValues = this.#operator === "In" || this.#operator === "NotIn";
    if (!takesValues && this.#operator !== "Exists" && this.#operator !== "DoesNotExist") throw GIVE_UP;
    if (this.#key === "" || takesValues !== this.#values > 0) throw GIVE_UP;
    this.#key = "";
    this.#operator = "";
    this.#values = 0;
  }

  /** Whom it selects is left to the decoders: no pod has this for a label. */
  subjectExpression(): void {
    this.expression();
    this.asked = [...this.asked, "?"];
  }

  policyType(type: string): void {
    if (type !== "Ingress" && type !== "Egress") throw GIVE_UP;
    this.#types = [...this.#types, type];
  }

  ingressRule(): void {
    this.#ingress++;
  }

  egressRule(): void {
    this.#egress++;
  }

  peerSelector(): void {
    this.#selectors++;
  }

  cidr(text: string): void {
    this.#cidr = text;
  }

  except(text: string): void {
    this.#except = [...this.#except, text];
  }

  block(): void {
    if (!isPlainBlock(this.#cidr, this.#except)) throw GIVE_UP;
    this.#blocks++;
    this.#cidr = "";
    this.#except = NONE;
  }

  /** A peer has selectors or a block, and not both. */
  peer(): void {
    if (this.#selectors > 0 === this.#blocks > 0) throw GIVE_UP;
    this.#selectors = 0;
    this.#blocks = 0;
  }

  protocol(text: string): void {
    if (text !== "TCP" && text !== "UDP" && text !== "SCTP") throw GIVE_UP;
    this.#protocol = text;
  }

  portName(text: string): void {
    this.#portName = accept(text, portNameFault);
  }

  portNumber(digits: string): void {
    const port = Number(digits);
    if (port < 1 || port > 65535) throw GIVE_UP;
    this.#portNumber = digits;
  }

  /** The end of a port of a rule; named ones are noted where they are those of the pods that the policy selects. */
  rulePort(isIngress: boolean): void {
    if (this.#portName !== "" && !isIngress) throw GIVE_UP;
    this.#endPort();
  }

  containerPort(): void {
    if (this.#portNumber === "") throw GIVE_UP;
    this.#endPort();
  }

  #endPort(): void {
    if (this.#portName !== "") this.ports = [...this.ports, `${this.#portName}/${this.#protocol}`];
    this.#portName = "";
    this.#portNumber = "";
    this.#protocol = "TCP";
  }

  restarts(policy: string): void {
    if (policy !== "Always" && policy !== "OnFailure" && policy !== "Never") throw GIVE_UP;
  }

  container(): void {
    this.#containers++;
  }

  selects(): void {
    this.#isSelecting = true;
  }

  /** What can be said of a policy at its end. */
  policy(): void {
    const types = this.#types;
    const isInert = (type: string, rules: number) => rules > 0 && types.length > 0 && !types.includes(type);
    if (types.length > 2 || isInert("Ingress", this.#ingress) || isInert("Egress", this.#egress)) throw GIVE_UP;
    this.isComplete = true;
  }

  /** What can be said of a workload at its end: it has containers, and no port name stands for two ports. */
  workload(): void {
    if (this.#containers === 0 || new Set(this.ports).size < this.ports.length) throw GIVE_UP;
    this.isComplete = true;
  }

  /** As `workload`, for kinds with a selector: it is there and finds their own pods. */
  set(): void {
    this.workload();
    if (!this.#isSelecting) throw GIVE_UP;
    for (const each of this.asked) if (!this.labels.includes(each)) throw GIVE_UP;
  }
}

/** Shared, since most documents have nothing of a list. */
const NONE: readonly string[] = [];
const SHORT_NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
/** No key of letters that is longer means `true`, `null` or the like. */
const LONGEST_WORD = 5;

/** A label that the API server takes, as `key=value`. */
export function label(key: string, value: string): string {
  if (key.length <= LONGEST_WORD && resolvePlain(key) !== key) throw GIVE_UP;
  return `${accept(key, labelKeyFault)}=${accept(value, labelValueFault)}`;
}

/** Gives `text` back where `fault` finds nothing wrong with it. */
export function accept(text: string, fault: (text: string) => string | undefined): string {
  if (fault(text) !== undefined) throw GIVE_UP;
  return text;
}
