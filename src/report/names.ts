import { code, enumerate, type Line, say } from "./inline.ts";
import type { ClusterReport, Report } from "./report.ts";

/** How a report calls what it speaks of; names that are clear without it lose their kind. */
export type Names = {
  /** The short text of a peer: `production/db` for `production/db[StatefulSet]`. */
  readonly short: (text: string) => string;
  /** A peer, group of peers or address set in words. */
  readonly peer: (text: string) => Line;
};

/** The names for one report; a name that several kinds share in any cluster keeps its kind everywhere. */
export function namesOf(report: Report): Names {
  const ambiguous = new Set(report.clusters.flatMap((cluster: ClusterReport) => cluster.ambiguous));
  const short = (text: string): string => {
    const name = /^([^\s/[\]]+\/[^\s/[\]]+)\[[A-Za-z]+\]$/.exec(text)?.[1];
    return name === undefined || ambiguous.has(name) ? text : name;
  };
  return { short, peer: (text) => peerWords(text, short) };
}

/** Names as scripts see them, for the terminal: copied, they work as `--from` and `--to`. */
export const exactNames: Names = { short: (text) => text, peer: (text) => peerWords(text, (name) => name) };

const FIXED: ReadonlyMap<string, string> = new Map([
  ["entire-cluster", "any other pod, any namespace"],
  ["0.0.0.0/0,::/0", "any address outside the cluster"],
  ["0.0.0.0/0", "any IPv4 address outside the cluster"],
  ["::/0", "any IPv6 address outside the cluster"],
]);

/** Our own words in the names of groups; what stands between them is a name from a manifest. */
const PHRASES: readonly RegExp[] = [
  /^(any (?:other )?pod(?: in the cluster)?)$/,
  /^(any (?:other )?pod in )(.+)$/,
  /^(every workload(?: in the cluster)?)$/,
  /^(every (?:other )?workload in )(.+)$/,
  /^(any (?:IPv4 |IPv6 )?address outside the cluster)$/,
  /^(any (?:IPv4 |IPv6 )?address outside the cluster except )(.+)$/,
];

function peerWords(text: string, short: (text: string) => string): Line {
  const fixed = FIXED.get(text);
  if (fixed !== undefined) return [fixed];
  for (const phrase of PHRASES) {
    const match = phrase.exec(text);
    if (match === null) continue;
    const name = match[2];
    return name === undefined ? [match[1] ?? ""] : [match[1] ?? "", code(name)];
  }
  return [code(short(text))];
}

/** A connection in words: `blocked`, `everything`, or the ports. */
export function connWords(text: string): Line {
  if (text === "No Connections") return ["blocked"];
  if (text === "All Connections") return ["everything"];
  return /^[A-Za-z0-9 ,;[\]-]{1,80}$/.test(text) ? [text] : [code(text, 80)];
}

/** The clusters that something is said of: "`production-eu` and `production-us`". */
export function clusterWords(names: readonly string[], all: number): Line {
  if (names.length === all && all > 2) return [`all ${all} clusters`];
  return enumerate(names.map((name): Line => [code(name)]));
}

/** `main`, as a column or a clause names the base: "On `main`", "In `base/`". */
export function onSide(revision: { readonly label: string; readonly commit: string | undefined }): Line {
  return revision.commit === undefined ? say`in ${code(revision.label)}` : say`on ${code(revision.label)}`;
}
