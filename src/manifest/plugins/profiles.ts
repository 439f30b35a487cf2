import data from "./profiles.json" with { type: "json" };

export const FEATURES = [
  "np-ingress",
  "np-egress",
  "ip-block",
  "ip-block-except",
  "ip-block-matches-pods",
  "end-port",
  "sctp",
  "named-ports",
  "ipv6",
  "namespace-and-pod-selector",
  "host-network-peers",
  "admin-network-policy",
  "baseline-admin-network-policy",
  "cluster-network-policy",
] as const;
export type Feature = (typeof FEATURES)[number];

const EFFECTS = [
  /** What the API says, or less: then the rule counts in full and the note says so. */
  "none",
  /** The direction is not enforced. */
  "open",
  /** The plugin reads over it, as if it were not there. */
  "ignored",
  /** A policy that uses it does not exist for the plugin. */
  "policy-rejected",
  /** A rule that uses it opens every port of the protocol. */
  "widen-protocol",
  /** A peer that uses it is its whole namespace. */
  "widen-namespace",
  /** Of a range the first port alone is opened. */
  "first-port",
  /** No source was read; changes no answer. */
  "unknown",
] as const;
/** What using a feature does to the answer under a plugin. */
export type Effect = (typeof EFFECTS)[number];

const VALUES = ["yes", "no", "partial", "unknown"] as const;
type Support = (typeof VALUES)[number];

/** What one plugin does with one feature, and where that was read. */
type Cell = {
  readonly value: Support;
  readonly effect: Effect;
  readonly source: string;
  readonly note: string;
};

/** What is known of one network plugin. */
export type Profile = {
  readonly name: string;
  readonly title: string;
  /** Repository and commit that were read. */
  readonly read: string;
  readonly status: string;
  /** Policy dialects that it knows. */
  readonly dialects: readonly string[];
  readonly cells: Readonly<Record<Feature, Cell>>;
};

/** Every plugin that is known, in the order of the published table. */
export const PROFILES: readonly Profile[] = data.plugins.map((plugin) => ({
  name: plugin.name,
  title: plugin.title,
  read: plugin.read,
  status: plugin.status,
  dialects: plugin.dialects,
  cells: readCells(plugin.cells),
}));

/** Names that `cni` can have. */
export const PLUGIN_NAMES: readonly string[] = PROFILES.map(({ name }) => name);

const BY_NAME: ReadonlyMap<string, Profile> = new Map(PROFILES.map((profile) => [profile.name, profile]));

/** The profile of the plugin `name`, or `undefined`. */
export function profileNamed(name: string): Profile | undefined {
  return BY_NAME.get(name);
}

/** False where the plugin enforces no policy at all. */
export function enforces({ cells }: Profile): boolean {
  return cells["np-ingress"].effect !== "open" || cells["np-egress"].effect !== "open";
}

/** True of a plugin about which there is nothing to say for any NetworkPolicy of the API. */
export function isFaithful({ cells }: Profile): boolean {
  return FEATURES.every((feature) => {
    const { value, effect, note } = cells[feature];
    return feature.endsWith("-policy") || (effect === "none" && (value !== "partial" || note === ""));
  });
}

/** True where an address block can match the pods whose addresses it holds. */
export function matchesPods({ cells }: Profile): boolean {
  return cells["ip-block-matches-pods"].effect !== "ignored";
}

type Written = { readonly value: string; readonly effect: string; readonly source: string; readonly note: string };

function readCells(cells: Readonly<Record<Feature, Written>>): Readonly<Record<Feature, Cell>> {
  return {
    "np-ingress": readCell(cells["np-ingress"]),
    "np-egress": readCell(cells["np-egress"]),
    "ip-block": readCell(cells["ip-block"]),
    "ip-block-except": readCell(cells["ip-block-except"]),
    "ip-block-matches-pods": readCell(cells["ip-block-matches-pods"]),
    "end-port": readCell(cells["end-port"]),
    sctp: readCell(cells.sctp),
    "named-ports": readCell(cells["named-ports"]),
    ipv6: readCell(cells.ipv6),
    "namespace-and-pod-selector": readCell(cells["namespace-and-pod-selector"]),
    "host-network-peers": readCell(cells["host-network-peers"]),
    "admin-network-policy": readCell(cells["admin-network-policy"]),
    "baseline-admin-network-policy": readCell(cells["baseline-admin-network-policy"]),
    "cluster-network-policy": readCell(cells["cluster-network-policy"]),
  };
}

function readCell({ value, effect, source, note }: Written): Cell {
  return { value: member(VALUES, value), effect: member(EFFECTS, effect), source, note };
}

function member<T extends string>(all: readonly T[], text: string): T {
  const found = all.find((each) => each === text);
  if (found === undefined) throw new Error(`profiles.json: ${text} is none of ${all.join(", ")}`);
  return found;
}
