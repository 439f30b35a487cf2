import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Cluster } from "../../src/model/cluster.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import { type Conn, EVERYTHING, numeric } from "../../src/sets/conn.ts";
import { formatConn } from "../../src/sets/conn-text.ts";
import { connOf, type Row } from "./expectation.ts";
import { addressEnds, type End, parseRanges, type Relation, workloadEnds } from "./relation.ts";

const SHARED = process.env.NETPOL_SHARED_DIR ?? resolve(import.meta.dirname, "../../../shared");

/** One folder of conformance data. */
export type Case = {
  readonly name: string;
  readonly manifests: string;
  readonly options: { readonly podCIDRs?: readonly string[] };
  readonly expected: readonly Row[];
  readonly expectedEntities?: readonly Row[];
  readonly expectedFqdn?: readonly Row[];
  readonly expectedIssues?: readonly string[];
};

/** The cases below `folder` of the conformance data; none where it is not there. */
export function casesBelow(folder: string): readonly Case[] {
  const path = join(SHARED, "conformance", folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .sort()
    .map((name) => {
      const known: Omit<Case, "name" | "manifests"> = JSON.parse(readFileSync(join(path, name, "case.json"), "utf8"));
      return { ...known, name, manifests: join(path, name, "manifests") };
    });
}

/** Why `folder` is skipped, for the title of its tests. */
export function skipReason(folder: string): string {
  return existsSync(join(SHARED, "conformance", folder))
    ? ""
    : ` (skipped: no conformance/${folder} beside the repository)`;
}

/** Everything in which `relation` differs from the case, one line a pair; empty where it agrees. */
export function differences(cluster: Cluster, relation: Relation, given: Case): readonly string[] {
  const rows = given.expected;
  const peers = workloadEnds(cluster);
  const ranges = rows.flatMap(({ src, dst }) => [src, dst]).filter(isRange);
  const addresses = addressEnds(cluster, ranges);
  const out: string[] = [];
  const compare = (src: End, dst: End, row: Row | undefined) => {
    const expected = connOf(row, rows);
    const actual = relation(src, dst);
    if (actual !== expected) out.push(`${src.text} => ${dst.text}: ${shown(actual)} instead of ${shown(expected)}`);
  };
  for (const src of peers) {
    for (const dst of peers) if (src !== dst) compare(src, dst, find(rows, src.text, dst.text));
    for (const at of addresses) {
      compare(
        src,
        at,
        rows.find((row) => row.src === src.text && covers(row.dst, at.value)),
      );
      compare(
        at,
        src,
        rows.find((row) => row.dst === src.text && covers(row.src, at.value)),
      );
    }
    for (const at of entities(given)) {
      compare(src, at, find(given.expectedEntities ?? [], src.text, at.text));
      compare(at, src, find(given.expectedEntities ?? [], at.text, src.text));
    }
    for (const row of given.expectedFqdn ?? []) if (row.src === src.text) compare(src, nameEnd(row.dst), row);
  }
  return [...out, ...strangers(rows, peers)];
}

function find(rows: readonly Row[], src: string, dst: string): Row | undefined {
  return rows.find((row) => row.src === src && row.dst === dst);
}

function entities(given: Case): readonly End[] {
  if (given.expectedEntities === undefined) return [];
  return ["host", "remote-node", "kube-apiserver"].map((name) => end({ kind: "entity", name }, `entity:${name}`));
}

function nameEnd(text: string): End {
  return end({ kind: "fqdn", pattern: text.replace(/^fqdn:/, "") }, text);
}

function end(endpoint: Endpoint, text: string): End {
  return { text, endpoint };
}

/** Rows about somebody that the cluster does not have. */
function strangers(rows: readonly Row[], peers: readonly End[]): readonly string[] {
  const known = new Set(peers.map(({ text }) => text));
  const ends = new Set(rows.flatMap(({ src, dst }) => [src, dst]));
  return [...ends].filter((text) => !isRange(text) && !known.has(text)).map((text) => `nobody is called ${text}`);
}

function isRange(text: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+-/.test(text);
}

function covers(text: string, value: number): boolean {
  return isRange(text) && parseRanges(text).some(([first, last]) => first <= value && value <= last);
}

function shown(conn: Conn): string {
  return formatConn(conn, numeric(EVERYTHING));
}
