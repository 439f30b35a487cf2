import type { SourceRef } from "../errors.ts";
import { annotationRules } from "../gate/annotation.ts";
import type { Exception, Rule } from "../gate/rule.ts";
import { formatClause } from "../gate/rule-text.ts";
import type { Workload } from "../model/cluster.ts";
import type { Side } from "../model/peer.ts";
import { formatAddresses } from "../sets/address-text.ts";
import type { ClusterSettings, Config } from "./types.ts";
import { NO_CONFIG } from "./types.ts";

/** One difference between the configurations of base and head, for the block at the top of the report. */
export type ConfigChange = {
  readonly kind: "added" | "removed" | "changed";
  readonly what: "rule" | "exception" | "cluster" | "setting" | "annotation";
  /** Of the rule or cluster, the rule of the exception, or the key of the setting. */
  readonly name: string;
  /** What was and what will be, one line each that differs; empty for what only one side has. */
  readonly details: readonly { readonly field: string; readonly base: string; readonly head: string }[];
  /** After the merge less is protected than before, or may be. */
  readonly loosens: boolean;
  readonly at: SourceRef | undefined;
  /** Where `at` is. */
  readonly side: Side;
};

/** Every difference of meaning between two configurations; none for comments, order of keys and notation. */
export function compareConfigs(base: Config | undefined, head: Config | undefined): readonly ConfigChange[] {
  const before = base ?? NO_CONFIG;
  const after = head ?? NO_CONFIG;
  return [
    ...compareLists("rule", before.rules, after.rules, { name: ruleName, fields: ruleFields, adding: false }),
    ...compareLists("exception", before.exceptions, after.exceptions, {
      name: exceptionName,
      fields: exceptionFields,
      adding: true,
    }),
    ...compareLists("cluster", before.clusters, after.clusters, {
      name: ({ name }) => name,
      fields: clusterFields,
      adding: false,
    }),
    ...compareSettings(before, after),
  ];
}

/** Annotations that protect a workload in one tree and not, or otherwise, in the other. */
export function compareAnnotations(base: readonly Workload[], head: readonly Workload[]): readonly ConfigChange[] {
  return compareLists("annotation", annotationRules(base), annotationRules(head), {
    name: (rule) => rule.name,
    fields: (rule) => [["protects", rule.description]],
    adding: false,
  });
}

type Fields = readonly (readonly [field: string, text: string])[];

type Listed<T> = {
  readonly name: (item: T) => string;
  readonly fields: (item: T) => Fields;
  /** What head adds loosens; else what head removes does. */
  readonly adding: boolean;
};

function compareLists<T extends { readonly at: SourceRef }>(
  what: ConfigChange["what"],
  base: readonly T[],
  head: readonly T[],
  { name, fields, adding }: Listed<T>,
): readonly ConfigChange[] {
  const waiting = new Map<string, T[]>();
  for (const item of base) waiting.set(name(item), [...(waiting.get(name(item)) ?? []), item]);
  const out: ConfigChange[] = [];
  for (const item of head) {
    const shared = { what, name: name(item), at: item.at, side: "head" } as const;
    const twin = waiting.get(name(item))?.shift();
    if (twin === undefined) out.push({ ...shared, kind: "added", details: [], loosens: adding });
    else {
      const details = differing(fields(twin), fields(item));
      if (details.length > 0)
        out.push({ ...shared, kind: "changed", details, loosens: details.some((detail) => mayLoosen(detail)) });
    }
  }
  for (const item of [...waiting.values()].flat())
    out.push({ what, name: name(item), at: item.at, side: "base", kind: "removed", details: [], loosens: !adding });
  return out;
}

function differing(base: Fields, head: Fields): ConfigChange["details"] {
  const after = new Map(head);
  return base.flatMap(([field, text]) => {
    const now = after.get(field) ?? "";
    return now === text ? [] : [{ field, base: text, head: now }];
  });
}

/** Values of a field from the strictest on; a field that is not here may loosen with any change. */
const STRICTER: ReadonlyMap<string, readonly string[]> = new Map([
  ["severity", ["error", "warning"]],
  ["on", ["violate", "widen"]],
  ["join", ["error", "", "warning", "allow"]],
  ["mode", ["enforce", "", "warn"]],
  ["render", ["auto", "", "never"]],
  ["configChanges", ["error", "warning"]],
  ["prerendered", ["false", "true"]],
  ["staged", ["ignore", "enforce"]],
]);

const HARMLESS: ReadonlySet<string> = new Set(["description", "owner", "reason", "limits"]);

function mayLoosen({ field, base, head }: ConfigChange["details"][number]): boolean {
  if (HARMLESS.has(field)) return false;
  if (field === "allowed")
    return head.split("\n").some((clause) => clause !== "" && !base.split("\n").includes(clause));
  if (field === "until") return head > base;
  const order = STRICTER.get(field);
  return order === undefined || order.indexOf(head) > order.indexOf(base);
}

function ruleName(rule: Rule): string {
  return rule.name;
}

function ruleFields(rule: Rule): Fields {
  return [
    ["protects", formatClause(rule)],
    ["allowed", rule.allowed.map(formatClause).sort().join("\n")],
    ["on", rule.on],
    ["severity", rule.severity],
    ["join", rule.join ?? ""],
    ["declared", rule.declared],
    ["owner", rule.owner],
    ["description", rule.description],
  ];
}

function exceptionName(exception: Exception): string {
  return `${exception.rule}: ${formatClause(exception)}`;
}

function exceptionFields(exception: Exception): Fields {
  return [
    ["until", exception.until],
    ["reason", exception.reason],
  ];
}

function clusterFields(cluster: ClusterSettings): Fields {
  const { at: _, podCidrs, ...rest } = cluster;
  return [
    ...Object.entries(rest).map(([key, value]): readonly [string, string] => [key, JSON.stringify(value) ?? ""]),
    ["podCIDRs", podCidrs === undefined ? "" : formatAddresses(podCidrs)],
  ];
}

function compareSettings(base: Config, head: Config): readonly ConfigChange[] {
  const details = differing(settings(base), settings(head));
  const side: Side = head.file === "" ? "base" : "head";
  const file = head.file === "" ? base.file : head.file;
  return details.map((detail) => ({
    kind: "changed",
    what: "setting",
    name: detail.field,
    details: [detail],
    loosens: mayLoosen(detail),
    at: { file, line: 0 },
    side,
  }));
}

function settings(config: Config): Fields {
  const namespaces = [...config.namespaces].map(([name, labels]) => `${name}: ${[...labels].sort().join(" ")}`);
  return [
    ["mode", config.mode ?? ""],
    ["render", config.render ?? ""],
    ["paths", config.paths?.join("\n") ?? ""],
    ["exclude", config.exclude.join("\n")],
    ["accept-unread", config.acceptUnread.join("\n")],
    ["cni", config.cni ?? ""],
    ["podCIDRs", config.podCidrs === undefined ? "" : formatAddresses(config.podCidrs)],
    ["namespaces", namespaces.sort().join("\n")],
    ["limits", JSON.stringify(Object.entries(config.limits).sort())],
    ["staged", config.staged ?? "ignore"],
    ["configChanges", config.configChanges ?? "warning"],
    ["prerendered", String(config.prerendered)],
  ];
}
