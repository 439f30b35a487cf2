import { type Issue, place } from "../errors.ts";
import type { Plugin } from "../model/cluster.ts";
import { formatObject } from "../model/policy.ts";
import { calicoPlan } from "./calico/tiers.ts";
import { ciliumPlan } from "./cilium/convert.ts";
import type { TierPlan } from "./context.ts";
import { kindRow } from "./kinds.ts";
import type { ManifestObject } from "./object.ts";

/** Which network plugin a tree is judged by, and which of its policies that plugin does not know. */
export type PluginChoice = {
  readonly plan: TierPlan;
  readonly plugin: Plugin;
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

/** Plugins that ignore every policy, without a word. */
const ENFORCES_NOTHING: ReadonlySet<string> = new Set(["flannel"]);

/**
 * The plugin that `cni` names, else the one whose policies the tree holds, else the specification. Policies of another
 * plugin than the chosen one are not enforced, which is told.
 * Source: `docs/semantics.md`, T01.
 */
export function choosePlugin(cni: string | undefined, objects: readonly ManifestObject[]): PluginChoice {
  const found = new Map<Dialect, ManifestObject[]>();
  for (const object of objects) {
    const role = kindRow(object.ref.group, object.ref.kind)?.role;
    if ((role !== "calico" && role !== "cilium") || !object.ref.kind.endsWith("NetworkPolicy")) continue;
    const list = found.get(role);
    if (list === undefined) found.set(role, [object]);
    else list.push(object);
  }
  const dialect = cni === undefined ? mostUsed(found) : (DIALECTS.get(cni) ?? "specification");
  const plugin = pluginOf(cni, dialect, found.get(dialect)?.[0]);
  const issues = [...found].filter(([each]) => each !== dialect).flatMap(([, list]) => notEnforced(list, plugin));
  return { plan: planOf(dialect, objects), plugin, issues };
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

function pluginOf(cni: string | undefined, dialect: Dialect, first: ManifestObject | undefined): Plugin {
  if (cni !== undefined) return { name: cni, reason: "configured", enforces: !ENFORCES_NOTHING.has(cni) };
  if (dialect === "specification" || first === undefined) {
    return { name: undefined, reason: "no plugin is configured: policies mean what their APIs say", enforces: true };
  }
  const reason = `\`${formatObject(first.ref)}\` at ${place(first.source)} is a policy of this plugin`;
  return { name: dialect, reason, enforces: true };
}

function notEnforced(objects: readonly ManifestObject[], plugin: Plugin): readonly Issue[] {
  const by = plugin.name === undefined ? "the specification" : `\`${plugin.name}\``;
  return objects.map((object) => {
    const subject = formatObject(object.ref);
    const message = `\`${subject}\` is not enforced: this cluster is judged by ${by} (${plugin.reason})`;
    return { code: "NOT_ENFORCED", severity: "warning", at: object.source, message, subject };
  });
}
