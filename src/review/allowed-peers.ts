import type { PeerSelector } from "../gate/rule.ts";
import type { Requirement } from "../model/labels.ts";
import type { Predicate } from "../model/predicate.ts";

/** Peers of a rule in the configuration's words; `undefined`: some of it cannot be said there. */
export function selectorsOf(predicate: Predicate): readonly PeerSelector[] | undefined {
  switch (predicate.op) {
    case "nothing":
      return [];
    case "anything":
      return [{ kind: "anywhere" }];
    case "or": {
      const parts = predicate.of.map(selectorsOf);
      return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
    }
    case "addresses":
      return [{ kind: "cidr", set: predicate.set }];
    case "entity":
      return [{ kind: "entity", name: predicate.name }];
    case "fqdn":
      return [{ kind: "fqdn", pattern: predicate.pattern }];
    case "and":
    case "pods":
    case "namespace":
    case "podLabels":
    case "namespaceLabels": {
      const one = podsOf(predicate.op === "and" ? predicate.of : [predicate]);
      return one === undefined ? undefined : [one];
    }
    case "not":
    case "serviceAccount":
    case "serviceAccountLabels":
      return undefined;
  }
}

function podsOf(parts: readonly Predicate[]): PeerSelector | undefined {
  const names = new Set<string>();
  const onNamespace: Requirement[] = [];
  const onPods: Requirement[] = [];
  for (const part of parts) {
    if (part.op === "namespace") names.add(part.name);
    else if (part.op === "namespaceLabels" && isPlain(part.requirement)) onNamespace.push(part.requirement);
    else if (part.op === "podLabels" && isPlain(part.requirement)) onPods.push(part.requirement);
    else if (part.op !== "pods") return undefined;
  }
  const [name, other] = names;
  if (other !== undefined || (name !== undefined && onNamespace.length > 0)) return undefined;
  return {
    kind: "pods",
    namespace:
      name !== undefined
        ? { kind: "name", name }
        : onNamespace.length > 0
          ? { kind: "labels", requirements: onNamespace }
          : { kind: "any" },
    pods: onPods.length > 0 ? { kind: "labels", requirements: onPods } : { kind: "any" },
  };
}

function isPlain({ operator }: Requirement): boolean {
  return operator === "In" || operator === "NotIn" || operator === "Exists" || operator === "DoesNotExist";
}
