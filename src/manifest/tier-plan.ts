import { type Issue, place } from "../errors.ts";
import type { Plugin } from "../model/cluster.ts";
import { formatObject } from "../model/policy.ts";
import { calicoPlan } from "./calico/tiers.ts";
import { ciliumPlan } from "./cilium/convert.ts";
import type { TierPlan } from "./context.ts";
import { kindRow } from "./kinds.ts";
import type { ManifestObject } from "./object.ts";
import { enforces, type Profile, profileNamed } from "./plugins/profiles.ts";
import { recognisePlugin } from "./plugins/recognise.ts";

/** Which network plugin a tree is judged by, and which of its policies that plugin does not know. */
export type PluginChoice = {
  readonly plan: TierPlan;
  readonly plugin: Plugin;
  /** What the plugin does with policies, as far as it is known. */
  readonly profile: Profile | undefined;
  readonly issues: readonly Issue[];
};

const SPECIFICATION: TierPlan = {
  dialect: "specification",
  admin: { tier: "admin", rank: 1 },
  networkPolicy: { tier: "networkpolicy", rank: 2, order: 0 },
  baseline: { tier: "baseline", rank: 3 },
};

type Dialect = TierPlan["dialect"];

const DIALECTS: ReadonlyMap<string, Dialect> = new Map<string, Dialect>([
  ["calico", "calico"],
  ["canal", "calico"],
  ["cilium", "cilium"],
]);

/**
 * The plugin that `cni` names, else the one that the tree installs, else the one whose policies the tree holds, else
 * the specification. Policies of another plugin than the chosen one are not enforced, which is told.
 * Source: `docs/semantics.md`, T01.
 */
export function choosePlugin(cni: string | undefined, objects: readonly ManifestObject[]): PluginChoice {
  const found = policiesByDialect(objects);
  const installed = cni === undefined ? recognisePlugin(objects) : undefined;
  const name = cni ?? installed?.profile.name;
  const dialect = name === undefined ? mostUsed(found) : (DIALECTS.get(name) ?? "specification");
  const first = found.get(dialect)?.[0];
  const profile = profileNamed(name ?? dialect);
  const plugin: Plugin = {
    name: name ?? (dialect === "specification" ? undefined : dialect),
    reason: cni !== undefined ? "configured" : (installed?.reason ?? reasonOf(first)),
    enforces: profile === undefined || enforces(profile),
  };
  const ignored = [...found].filter(([each]) => each !== dialect).flatMap(([, list]) => notEnforced(list, plugin));
  return { plan: planOf(dialect, objects), plugin, profile, issues: [...(installed?.issues ?? []), ...ignored] };
}

function policiesByDialect(objects: readonly ManifestObject[]): ReadonlyMap<Dialect, readonly ManifestObject[]> {
  const found = new Map<Dialect, ManifestObject[]>();
  for (const object of objects) {
    const role = kindRow(object.ref.group, object.ref.kind)?.role;
    if ((role !== "calico" && role !== "cilium") || !object.ref.kind.endsWith("NetworkPolicy")) continue;
    const list = found.get(role);
    if (list === undefined) found.set(role, [object]);
    else list.push(object);
  }
  return found;
}

function planOf(dialect: Dialect, objects: readonly ManifestObject[]): TierPlan {
  switch (dialect) {
    case "calico":
      return calicoPlan(objects);
    case "cilium":
      return ciliumPlan();
    case "specification":
      return SPECIFICATION;
  }
}

function mostUsed(found: ReadonlyMap<Dialect, readonly ManifestObject[]>): Dialect {
  const calico = found.get("calico")?.length ?? 0;
  const cilium = found.get("cilium")?.length ?? 0;
  if (calico === 0 && cilium === 0) return "specification";
  return calico > cilium ? "calico" : "cilium";
}

function reasonOf(first: ManifestObject | undefined): string {
  if (first === undefined) return "no plugin is configured: policies mean what their APIs say";
  return `\`${formatObject(first.ref)}\` at ${place(first.source)} is a policy of this plugin`;
}

function notEnforced(objects: readonly ManifestObject[], plugin: Plugin): readonly Issue[] {
  const by = plugin.name === undefined ? "the specification" : `\`${plugin.name}\``;
  return objects.map((object) => {
    const subject = formatObject(object.ref);
    const message = `\`${subject}\` is not enforced: this cluster is judged by ${by} (${plugin.reason})`;
    return { code: "NOT_ENFORCED", severity: "warning", at: object.source, message, subject };
  });
}
