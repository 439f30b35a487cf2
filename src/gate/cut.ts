import type { Block } from "../diff/flow-diff.ts";
import type { End, Peer } from "../model/peer.ts";
import type { ConnTerm } from "../model/policy.ts";
import { type Conn, intersect, NONE, pointsOf, ports, subtract, union } from "../sets/conn.ts";
import { FIRST_NAME, type Protocol, SLOT } from "../sets/protocol.ts";
import { classesOf, countPairs, type EndClass, type EndQuestions, joinEnds } from "./ends.ts";
import type { Grant } from "./matching.ts";
import type { Views } from "./peer-view.ts";
import { EVERY_PORT, type Exception, type Rule } from "./rule.ts";

/** Why a rule objects: nobody allowed it; only head's labels or a newcomer's make it allowed; its subject is ungoverned. */
export type Objection = "widened" | "joined" | "arrived" | "ungoverned";

/** A part of a block that a rule objects to, and the active exception that covers it. */
export type Cut = { readonly objection: Objection; readonly exception: Exception | undefined; readonly block: Block };

export type CutInput = {
  readonly rule: Rule;
  /** Exceptions to this rule that hold today, in order; the first that covers a flow counts. */
  readonly exceptions: readonly Exception[];
  readonly views: Views;
  /** Subjects that left the reach of policies. */
  readonly marked: ReadonlySet<Peer>;
};

/** What the rule objects to in `conn` of `block`: its subject and ports, less what is allowed. Exact. */
export function cut(block: Block, conn: Conn, input: CutInput): readonly Cut[] {
  if (conn === NONE) return [];
  const terms = termsOf(input);
  const { rule, exceptions, views, marked } = input;
  const shared = { allowed: rule.allowed, exceptions, terms, marked };
  const from: EndQuestions = { ...shared, side: "from", subject: rule.from };
  const to: EndQuestions = { ...shared, side: "to", subject: rule.to };
  const destinations = classesOf(block.dst, to, views);
  if (destinations.length === 0) return [];
  const sources = classesOf(block.src, from, views);
  const pieces = sources.map((src) => destinations.map((dst) => piecesOf(src, dst, conn, input)));
  const labels = new Map<string, Pick<Cut, "objection" | "exception">>();
  const pieceKey = (piece: Piece) =>
    `${piece.objection} ${piece.exception === undefined ? "" : exceptions.indexOf(piece.exception)}`;
  for (const piece of pieces.flat(2)) labels.set(pieceKey(piece), piece);
  const out: Cut[] = [];
  for (const [key, { objection, exception }] of labels) {
    const table = pieces.map((row) => row.map((cell) => cell.find((piece) => pieceKey(piece) === key)?.conn ?? NONE));
    for (const part of rectangles(table, sources, destinations)) {
      const pairs = countPairs(part.src, part.dst);
      if (pairs > 0) out.push({ objection, exception, block: { ...block, ...part, closed: NONE, pairs } });
    }
  }
  return out;
}

/** The rule's own ports first, then those of its allowed clauses, then those of the exceptions. */
function termsOf({ rule, exceptions }: CutInput): readonly ConnTerm[] {
  return [rule, ...rule.allowed, ...exceptions].map((clause) => clause.ports ?? EVERY_PORT);
}

type Piece = { readonly objection: Objection; readonly exception: Exception | undefined; readonly conn: Conn };

function piecesOf(src: EndClass, dst: EndClass, conn: Conn, { rule, exceptions }: CutInput): readonly Piece[] {
  const own = dst.conns[0] ?? NONE;
  let left = intersect(conn, dst.undeclared ? withNames(own) : own);
  const by: Record<Grant, Conn> = { yes: NONE, joined: NONE, arrived: NONE, no: NONE };
  rule.allowed.forEach((_, i) => {
    const weakest = weaker(src.grants[i] ?? "no", dst.grants[i] ?? "no");
    const grant = rule.join === "allow" && weakest !== "no" ? "yes" : weakest;
    by[grant] = union(by[grant], dst.conns[1 + i] ?? NONE);
  });
  left = subtract(left, by.yes);
  const arrived = intersect(left, by.arrived);
  const joined = intersect(subtract(left, arrived), by.joined);
  const rest = subtract(subtract(left, arrived), joined);
  const marked = src.marked || dst.marked;
  const objections: readonly (readonly [Objection, Conn])[] = [
    [marked ? "ungoverned" : "widened", rest],
    ["joined", joined],
    ["arrived", arrived],
  ];
  return objections.flatMap(([objection, part]) =>
    split(objection, part, src, dst, exceptions, 1 + rule.allowed.length),
  );
}

function weaker(a: Grant, b: Grant): Grant {
  for (const grant of ["no", "joined", "arrived"] as const) if (a === grant || b === grant) return grant;
  return "yes";
}

function split(
  objection: Objection,
  conn: Conn,
  src: EndClass,
  dst: EndClass,
  exceptions: readonly Exception[],
  firstTerm: number,
): readonly Piece[] {
  const out: Piece[] = [];
  let left = conn;
  exceptions.forEach((exception, i) => {
    if (src.excepted[i] !== true || dst.excepted[i] !== true) return;
    const part = intersect(left, dst.conns[firstTerm + i] ?? NONE);
    if (part === NONE) return;
    out.push({ objection, exception, conn: part });
    left = subtract(left, part);
  });
  if (left !== NONE) out.push({ objection, exception: undefined, conn: left });
  return out;
}

const PORT_PROTOCOLS: readonly Protocol[] = ["SCTP", "TCP", "UDP", "UDPLite"];

/** On a pod that nobody declares a port that is known by name only may be any number of its protocol. */
function withNames(conn: Conn): Conn {
  let out = conn;
  for (const protocol of PORT_PROTOCOLS)
    if (pointsOf(conn, protocol).length > 0) out = union(out, ports(protocol, FIRST_NAME, SLOT - 1));
  return out;
}

type Rectangle = { readonly src: End; readonly dst: End; readonly opened: Conn };

/** The table as few products of ends: destinations with one answer are joined, then sources with equal rows. */
function rectangles(
  table: readonly (readonly Conn[])[],
  sources: readonly EndClass[],
  destinations: readonly EndClass[],
): readonly Rectangle[] {
  const found = new Map<string, { src: End; dst: End; opened: Conn }>();
  sources.forEach((source, s) => {
    const rows = new Map<Conn, { dst: End; key: string }>();
    destinations.forEach((destination, d) => {
      const conn = table[s]?.[d] ?? NONE;
      if (conn === NONE) return;
      const row = rows.get(conn);
      rows.set(conn, {
        dst: row === undefined ? destination.end : joinEnds(row.dst, destination.end),
        key: `${row?.key ?? ""},${d}`,
      });
    });
    for (const [opened, { dst, key }] of rows) {
      const known = found.get(`${opened.id}${key}`);
      if (known === undefined) found.set(`${opened.id}${key}`, { src: source.end, dst, opened });
      else known.src = joinEnds(known.src, source.end);
    }
  });
  return [...found.values()];
}
