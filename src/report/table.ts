import type { Cause } from "../diff/flow-diff.ts";
import { code, count, enumerate, type Line, loose, placeOf, say, strong } from "./inline.ts";
import { connWords, type Names, onSide } from "./names.ts";
import type { Context, GroupRow } from "./report.ts";

/** A table of flows before it has a format. */
export type Table = { readonly header: readonly Line[]; readonly rows: readonly (readonly Line[])[] };

export type TableOptions = {
  readonly context: Context;
  readonly names: Names;
  /** Name the cause of each row. */
  readonly why: boolean;
  readonly marks: boolean;
};

/** `| | From | To | On main | After this PR |`, and a column for the cause where rows have different ones. */
export function flowTable(rows: readonly GroupRow[], options: TableOptions): Table {
  const { context, names, why } = options;
  const mixed = new Set(rows.map((row) => row.protected)).size > 1;
  const [onBase, onHead] = sideColumns(context);
  return {
    header: [[], ["From"], ["To"], onBase, onHead, ...(why ? [["Why"]] : [])],
    rows: rows.map((row) => [
      status(row, options, mixed),
      names.peer(row.src),
      names.peer(row.dst),
      row.comes === "added" ? ["not there"] : connWords(row.base),
      row.comes === "removed" ? ["not there"] : after(row),
      ...(why ? [reason(row)] : []),
    ]),
  };
}

function sideColumns(context: Context): readonly [Line, Line] {
  const [first, ...rest] = onSide(context.base);
  const onBase: Line = typeof first === "string" ? [first.slice(0, 1).toUpperCase() + first.slice(1), ...rest] : [];
  if (context.setting === "pull-request") return [onBase, ["After this PR"]];
  return [onBase, context.head.commit === undefined ? say`In ${code(context.head.label)}` : ["After this change"]];
}

/** What is allowed now; where something was allowed before, what comes on top of it. */
function after(row: GroupRow): Line {
  const words = connWords(row.head);
  if (row.effect === "both") return [strong(words)];
  if (row.effect !== "opened") return words;
  const adds = row.base !== "No Connections" && row.head !== "All Connections";
  return adds ? say`also ${strong(connWords(row.opened))}` : [strong(words)];
}

function status(row: GroupRow, { marks }: TableOptions, mixed: boolean): Line {
  const words = `${effectWords(row.effect)}${mixed && row.protected !== undefined ? ", protected" : ""}`;
  return [marks ? `${effectMark(row)} ${words}` : words];
}

function effectMark(row: GroupRow): string {
  if (row.protected === "error") return "🔴";
  return row.effect === "closed" || row.effect === "tightened" ? "⚪" : "🟡";
}

/** What happened to a row's flows, in words that need no colour. */
function effectWords(effect: GroupRow["effect"]): string {
  switch (effect) {
    case "opened":
      return "opened";
    case "closed":
      return "closed, may break";
    case "both":
      return "opened and closed, may break";
    case "loosened":
      return "no longer limited above layer 4";
    case "tightened":
      return "newly limited above layer 4, may break";
    case "altered":
      return "limited otherwise above layer 4";
  }
}

function reason(row: GroupRow): Line {
  const places = enumerate(
    row.causes.map(({ at, side }, i): Line => {
      const before = row.causes[i - 1];
      const same = before !== undefined && before.at.file === at.file && before.side === side;
      return [placeOf(at, side, same ? "line" : "short")];
    }),
    2,
  );
  const note = row.note === "" || row.comes !== undefined ? [] : [loose(row.note)];
  return [...places, ...(places.length > 0 && note.length > 0 ? ["; "] : []), ...note];
}

/** True where the rows do not all have the same causes: then each must name its own. */
export function needsReasons(rows: readonly GroupRow[]): boolean {
  const sets = new Set(rows.map((row) => JSON.stringify(row.causes.map(causeIdentity))));
  return sets.size > 1 || rows.some((row) => row.note !== "" && row.comes === undefined);
}

function causeIdentity(cause: Cause): string {
  return `${cause.side}:${cause.at.file}:${cause.at.line}:${cause.rule}`;
}

/** The rows counted by namespace and by what happens to them: what is left where single rows do not fit. */
export function namespaceTable(rows: readonly GroupRow[], options: TableOptions, most: number): Table {
  const sums = new Map<string, { row: GroupRow; pairs: number }>();
  for (const row of rows) {
    const key = JSON.stringify([row.effect, row.protected ?? "", row.srcNamespace, row.dstNamespace]);
    const known = sums.get(key) ?? { row, pairs: 0 };
    known.pairs += row.pairs;
    sums.set(key, known);
  }
  const mixed = new Set(rows.map((row) => row.protected)).size > 1;
  const shown = [...sums.values()].slice(0, most);
  const left = sums.size - shown.length;
  const lines = shown.map(({ row, pairs }): readonly Line[] => [
    status(row, options, mixed),
    namespaceWords(row.srcNamespace),
    namespaceWords(row.dstNamespace),
    [count(pairs, "flow")],
  ]);
  const more: readonly (readonly Line[])[] = left > 0 ? [[[], [`${count(left, "more row")}`], [], []]] : [];
  return { header: [[], ["From"], ["To"], ["Flows"]], rows: [...lines, ...more] };
}

function namespaceWords(namespace: string): Line {
  return namespace === "" ? ["several namespaces, or outside"] : [code(namespace, 80)];
}
