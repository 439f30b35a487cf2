import { code, enumerate, type Inline, type Line, loose, say } from "./inline.ts";
import type { Report, Revision } from "./report.ts";

/** How a report calls what it speaks of. */
export type Names = {
  /** The short text of a peer: `production/db` for `production/db[StatefulSet]`. */
  readonly short: (text: string) => string;
  /** A peer, a list of peers, a group or addresses in words. */
  readonly peer: (text: string) => Line;
};

/** What a list shows before it counts the rest: so many names, and beyond the first so many characters. */
type Room = { readonly names: number; readonly characters: number };

const IN_MARKDOWN: Room = { names: 4, characters: 160 };
const IN_TEXT: Room = { names: 12, characters: 600 };

/** The names for Markdown: kinds are left out, except where several kinds share a name in any cluster. */
export function namesOf(report: Report): Names {
  const ambiguous = new Set(report.clusters.flatMap((cluster) => cluster.ambiguous));
  const short = (text: string): string => {
    const name = /^([^\s/[\]]+\/[^\s/[\]]+)\[[A-Za-z]+\]$/.exec(text)?.[1];
    return name === undefined || ambiguous.has(name) ? text : name;
  };
  return { short, peer: (text) => peerWords(text, short, IN_MARKDOWN) };
}

/** Names as scripts see them, for the terminal: copied, they work as `--from` and `--to`. */
export const exactNames: Names = {
  short: (text) => text,
  peer: (text) => peerWords(text, (name) => name, IN_TEXT),
};

const FIXED: ReadonlyMap<string, string> = new Map([
  ["entire-cluster", "any other pod, any namespace"],
  ["any pod in the cluster", "any pod in the cluster"],
  ["0.0.0.0/0,::/0", "any address outside the cluster"],
  ["0.0.0.0/0", "any IPv4 address outside the cluster"],
  ["::/0", "any IPv6 address outside the cluster"],
]);

type Short = Names["short"];

function peerWords(text: string, short: Short, room: Room): Line {
  const outside = /^(any (?:IPv[46] )?address outside the cluster)(?:( except )(.+))?$/.exec(text);
  if (outside !== null) return [outside[1] ?? "", ...(outside[3] === undefined ? [] : [" except ", code(outside[3])])];
  const parts = listParts(text);
  const tail = / and (\d+ more|more addresses)$/.exec(parts.at(-1) ?? "")?.[1];
  const named = tail === undefined ? parts : [...parts.slice(0, -1), (parts.at(-1) ?? "").slice(0, -tail.length - 5)];
  const items = named.map((part) => itemWords(part, short));
  const most = shownOf(named, room);
  if (tail === undefined || most < items.length) return enumerate(items, most);
  return enumerate([...items, [tail]], most + 1);
}

/** How many of these names there is room for: at least one. */
function shownOf(names: readonly string[], room: Room): number {
  let characters = 0;
  for (const [i, name] of names.entries()) {
    characters += name.length;
    const full = i >= room.names || characters > room.characters;
    if (i > 0 && full) return i;
  }
  return names.length;
}

/** The names of a list; commas inside brackets and braces belong to a selector. */
function listParts(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    if ("[{(".includes(char)) depth++;
    else if ("]})".includes(char)) depth--;
    else if (depth === 0 && text.startsWith(", ", i)) {
      parts.push(text.slice(start, i));
      start = i + 2;
    }
  }
  return [...parts, text.slice(start)];
}

/** Our own words in the name of a group; what stands between them is a name from a manifest. */
function itemWords(text: string, short: Short): Line {
  const fixed = FIXED.get(text);
  if (fixed !== undefined) return [fixed];
  const cluster = /^(any pod in the cluster except )(.+)$/.exec(text);
  if (cluster !== null) return [cluster[1] ?? "", ...itemWords(cluster[2] ?? "", short)];
  const some = /^(any pod in )(\S+)( except )(.+)$/.exec(text);
  if (some !== null) return [some[1] ?? "", code(some[2] ?? ""), " except ", ...itemWords(some[4] ?? "", short)];
  const whole = /^(any pod in |every (?:other )?workload in )(\S+)$/.exec(text);
  return whole === null ? [code(short(text))] : [whole[1] ?? "", code(whole[2] ?? "")];
}

/** A connection in words: `blocked`, `everything`, or the ports. */
export function connWords(text: string): Line {
  if (text === "No Connections") return ["blocked"];
  if (text === "All Connections") return ["everything"];
  return [text.length > 80 ? code(text, 80) : loose(text)];
}

/** The clusters that something is said of: "`production-eu` and `production-us`". */
export function clusterWords(names: readonly string[], all: number): Line {
  if (names.length === all && all > 2) return [`all ${all} clusters`];
  return enumerate(names.map((name): Line => [code(name)]));
}

/** `main`, as a column or a clause names it: "on `main`", "in `base/`". */
export function onSide(revision: Revision): Line {
  return revision.commit === undefined ? say`in ${code(revision.label)}` : say`on ${code(revision.label)}`;
}

/** A sentence of the gate, which marks names and lists of names with backticks. */
export function toldBy(message: string, names: Names): Line {
  const parts = message.trim().replace(/\.+$/, "").split("`");
  return parts.flatMap((part, i): Line => {
    if (i % 2 === 0) return part === "" ? [] : [loose(part)];
    return i < parts.length - 1 ? names.peer(part) : [loose(`\`${part}`)];
  });
}

/** The line with a capital first, where it does not begin with a name. */
export function capital([first, ...rest]: Line): Line {
  if (first === undefined) return [];
  return [upper(first), ...rest];
}

function upper(piece: Inline): Inline {
  const raise = (text: string) => text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
  if (typeof piece === "string") return raise(piece);
  return piece.kind === "loose" ? loose(raise(piece.text)) : piece;
}
