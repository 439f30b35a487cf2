import { NAME_LABEL, type Requirement, satisfies } from "../../model/labels.ts";
import type { Action } from "../../model/policy.ts";
import { and, NOTHING, not, or, PODS, type Predicate } from "../../model/predicate.ts";
import { type AddressSet, NO_ADDRESS, unionAddresses } from "../../sets/addresses.ts";
import type { Selector } from "./selector.ts";

const NAMESPACE = "projectcalico.org/namespace";
const NAME = "projectcalico.org/name";
const ORCHESTRATOR = "projectcalico.org/orchestrator";
const SERVICE_ACCOUNT = "projectcalico.org/serviceaccount";
const NAMESPACE_PREFIX = "pcns.";
const SERVICE_ACCOUNT_PREFIX = "pcsa.";

/** Addresses with labels: a network set, or a host endpoint. */
export type AddressSource = {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly nets: AddressSet;
};

/** What selectors are matched against besides pods. */
export type Endpoints = {
  readonly sources: readonly AddressSource[];
  /** Names that a condition other than equality on a service account's name is tried on. */
  readonly serviceAccounts: readonly string[];
  /** Whether addresses that a rule of this action names are those of pods, too. */
  readonly coversPods: (set: AddressSet, action: Action) => boolean;
};

/**
 * Everybody whose labels satisfy `selector`: pods, network sets and host endpoints. An address in no set has no labels
 * and is matched by no selector, not even a negative one.
 * Source: projectcalico/calico felix/labelindex, felix/calc/rule_scanner.go.
 */
export function matchPeers(selector: Selector, action: Action, endpoints: Endpoints): Predicate {
  const matching = endpoints.sources.filter(({ labels }) => matchesLabels(selector, labels));
  const set = matching.map(({ nets }) => nets).reduce(unionAddresses, NO_ADDRESS);
  const pods = matchPods(selector, endpoints);
  if (set === NO_ADDRESS) return pods;
  return or(pods, { op: "addresses", set, pods: endpoints.coversPods(set, action) });
}

/** The pods whose labels satisfy `selector`. */
export function matchPods(selector: Selector, endpoints: Pick<Endpoints, "serviceAccounts">): Predicate {
  return match(selector, false, endpoints.serviceAccounts);
}

/** True where an endpoint with exactly these labels satisfies `selector`. */
export function matchesLabels(selector: Selector, labels: ReadonlyMap<string, string>): boolean {
  switch (selector.op) {
    case "all":
      return true;
    case "global":
      return !labels.has(NAMESPACE);
    case "label":
      return satisfies(labels, selector.requirement);
    case "not":
      return !matchesLabels(selector.of, labels);
    case "and":
      return selector.of.every((part) => matchesLabels(part, labels));
    case "or":
      return selector.of.some((part) => matchesLabels(part, labels));
  }
}

/** Labels of an object in `namespace`, as Calico stores them for its selectors. */
export function withNamespace(
  labels: ReadonlyMap<string, string>,
  namespace: string,
  namespaceLabels: ReadonlyMap<string, string | undefined>,
): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of namespaceLabels) if (value !== undefined) all.set(NAMESPACE_PREFIX + key, value);
  all.set(NAMESPACE_PREFIX + NAME, namespace);
  for (const [key, value] of labels) all.set(key, value);
  return all.set(NAMESPACE, namespace);
}

/** The endpoints in one namespace. */
export function ofNamespace(namespace: string): Selector {
  return label({ key: NAMESPACE, operator: "In", values: [namespace] });
}

/** The pods that run as one of these service accounts. */
export function ofServiceAccounts(names: readonly string[]): Selector {
  return label({ key: SERVICE_ACCOUNT, operator: "In", values: names });
}

/**
 * A selector on the labels of namespaces as one on endpoints: `all()` is what lives in a namespace, `global()` the rest.
 * Source: projectcalico/calico updateprocessors/rules.go, getEndpointSelector.
 */
export function onNamespaces(selector: Selector): Selector {
  const namespaced = label({ key: NAMESPACE, operator: "Exists", values: [] });
  return rewrite(selector, {
    label: (requirement) => label({ ...requirement, key: NAMESPACE_PREFIX + requirement.key }),
    all: namespaced,
    global: { op: "not", of: namespaced },
  });
}

/** A selector on the labels of service accounts as one on endpoints. */
export function onServiceAccounts(selector: Selector): Selector {
  return rewrite(selector, {
    label: (requirement) => label({ ...requirement, key: SERVICE_ACCOUNT_PREFIX + requirement.key }),
    all: { op: "all" },
    global: { op: "global" },
  });
}

function label(requirement: Requirement): Selector {
  return { op: "label", requirement };
}

type Rewriting = {
  readonly label: (requirement: Requirement) => Selector;
  readonly all: Selector;
  readonly global: Selector;
};

function rewrite(selector: Selector, by: Rewriting): Selector {
  switch (selector.op) {
    case "all":
      return by.all;
    case "global":
      return by.global;
    case "label":
      return by.label(selector.requirement);
    case "not":
      return { op: "not", of: rewrite(selector.of, by) };
    case "and":
    case "or":
      return { op: selector.op, of: selector.of.map((part) => rewrite(part, by)) };
  }
}

/** The pods that satisfy `selector`, or that do not; negation is pushed down to the labels. */
function match(selector: Selector, negated: boolean, accounts: readonly string[]): Predicate {
  switch (selector.op) {
    case "all":
      return negated ? NOTHING : PODS;
    case "global":
      return negated ? PODS : NOTHING;
    case "label":
      return matchLabel(negated ? opposite(selector.requirement) : selector.requirement, accounts);
    case "not":
      return match(selector.of, !negated, accounts);
    case "and":
    case "or": {
      const parts = selector.of.map((part) => match(part, negated, accounts));
      return (selector.op === "and") !== negated ? and(...parts) : or(...parts);
    }
  }
}

type Condition = Requirement | { readonly negated: Requirement };

/** The condition that holds of the pods of which `requirement` does not. */
function opposite(requirement: Requirement): Condition {
  switch (requirement.operator) {
    case "In":
      return { ...requirement, operator: "NotIn" };
    case "NotIn":
      return { ...requirement, operator: "In" };
    case "Exists":
      return { ...requirement, operator: "DoesNotExist" };
    case "DoesNotExist":
      return { ...requirement, operator: "Exists" };
    case "contains":
    case "startsWith":
    case "endsWith":
      return { negated: requirement };
  }
}

function matchLabel(condition: Condition, accounts: readonly string[]): Predicate {
  if ("negated" in condition) return and(PODS, not(matchLabel(condition.negated, accounts)));
  const { key, operator, values } = condition;
  if (values.length === 0 && operator === "In") return NOTHING;
  if (values.length === 0 && operator === "NotIn") return PODS;
  if (key === ORCHESTRATOR) return satisfies(new Map([[ORCHESTRATOR, "k8s"]]), condition) ? PODS : NOTHING;
  if (key === NAMESPACE || key === NAMESPACE_PREFIX + NAME) return matchNamespaceName(condition);
  if (key === SERVICE_ACCOUNT || key === SERVICE_ACCOUNT_PREFIX + NAME) return matchAccountName(condition, accounts);
  if (key.startsWith(NAMESPACE_PREFIX)) {
    return { op: "namespaceLabels", requirement: { ...condition, key: key.slice(NAMESPACE_PREFIX.length) } };
  }
  if (key.startsWith(SERVICE_ACCOUNT_PREFIX)) {
    return { op: "serviceAccountLabels", requirement: { ...condition, key: key.slice(SERVICE_ACCOUNT_PREFIX.length) } };
  }
  return { op: "podLabels", requirement: condition };
}

function matchNamespaceName(condition: Requirement): Predicate {
  if (condition.operator === "Exists") return PODS;
  if (condition.operator === "DoesNotExist") return NOTHING;
  if (condition.operator === "In") {
    return or(...condition.values.map((name): Predicate => ({ op: "namespace", name })));
  }
  return { op: "namespaceLabels", requirement: { ...condition, key: NAME_LABEL } };
}

/** Every pod runs as some service account; `default` where it names none. */
function matchAccountName(condition: Requirement, accounts: readonly string[]): Predicate {
  switch (condition.operator) {
    case "Exists":
      return PODS;
    case "DoesNotExist":
      return NOTHING;
    case "In":
      return { op: "serviceAccount", names: condition.values };
    case "NotIn":
      return and(PODS, not({ op: "serviceAccount", names: condition.values }));
    case "contains":
    case "startsWith":
    case "endsWith": {
      const names = accounts.filter((name) => satisfies(new Map([["name", name]]), { ...condition, key: "name" }));
      return names.length === 0 ? NOTHING : { op: "serviceAccount", names };
    }
  }
}

/** The complement of everybody whose labels satisfy `selector`, addresses without labels included. */
export function matchOthers(selector: Selector, action: Action, endpoints: Endpoints): Predicate {
  return not(matchPeers(selector, action === "allow" ? "deny" : "allow", endpoints));
}
