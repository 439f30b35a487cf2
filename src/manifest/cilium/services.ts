import { satisfies } from "../../model/labels.ts";
import type { Predicate } from "../../model/predicate.ts";
import { or } from "../../model/predicate.ts";
import { noteIssue } from "../dialects/findings.ts";
import { podsBehind, type Service } from "../dialects/services.ts";
import { checkMap, type Field, fault, items, member, shape, text } from "../fields.ts";
import { labelSelector } from "../selector.ts";
import type { PeerPlace, RuleScope } from "./scope.ts";

const ENTRY = shape("an entry of toServices", ["k8sService", "k8sServiceSelector"]);
const NAMED = shape("k8sService", ["serviceName", "namespace"]);
const SELECTED = shape("k8sServiceSelector", ["selector", "namespace"]);

/**
 * The pods behind the Services of the list at `field`. A name without a namespace is meant in every one of them.
 * Source: cilium/cilium pkg/policy/k8s/service.go, serviceRefMatches.
 */
export function readServices(field: Field, _place: PeerPlace, scope: RuleScope): Predicate {
  return or(...items(field).map((item) => readEntry(item, scope)));
}

function readEntry(field: Field, scope: RuleScope): Predicate {
  checkMap(field, ENTRY);
  const named = member(field, "k8sService");
  const selected = member(field, "k8sServiceSelector");
  if (named.node === undefined && selected.node === undefined) {
    fault(field, "must have one of `k8sService` and `k8sServiceSelector`");
  }
  const wanted = [...byName(named), ...bySelector(selected)];
  const services = scope.services.filter((service) => wanted.some(({ matches }) => matches(service)));
  const what = wanted.map(({ text: name }) => name).join(" and ");
  if (services.length === 0) {
    note(
      field,
      scope,
      `names ${what}, which the tree does not declare: it matches nobody here, while Cilium opens the rule's ports to everybody until there is such a Service`,
    );
  }
  const bare = services.filter(({ pods }) => pods === undefined);
  if (bare.length > 0) {
    const names = bare.map(({ namespace, name }) => `\`${namespace}/${name}\``).join(", ");
    note(
      field,
      scope,
      `names the Service ${names}, which selects no pods: endpoints are not read, it matches nobody here`,
    );
  }
  return podsBehind(services);
}

type Wanted = { readonly text: string; readonly matches: (service: Service) => boolean };

function byName(field: Field): readonly Wanted[] {
  if (!checkMap(field, NAMED)) return [];
  const name = text(member(field, "serviceName")) ?? "";
  const namespace = text(member(field, "namespace")) ?? "";
  const matches = (service: Service) => service.name === name && (namespace === "" || service.namespace === namespace);
  return [{ text: `the Service \`${namespace === "" ? "" : `${namespace}/`}${name}\``, matches }];
}

function bySelector(field: Field): readonly Wanted[] {
  if (!checkMap(field, SELECTED)) return [];
  const requirements = labelSelector(member(field, "selector")) ?? [];
  const namespace = text(member(field, "namespace")) ?? "";
  const matches = (service: Service) =>
    (namespace === "" || service.namespace === namespace) &&
    requirements.every((each) => satisfies(service.labels, each));
  return [{ text: "Services by a selector", matches }];
}

function note(field: Field, { findings, object }: RuleScope, reading: string): void {
  noteIssue(findings, object, { code: "SUSPECT", line: field.line, text: reading });
}
