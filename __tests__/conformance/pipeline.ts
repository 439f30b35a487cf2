import { configFacts } from "../../src/cli/trees.ts";
import { diffFlows } from "../../src/diff/diff.ts";
import { universe } from "../../src/engine/universe.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import { listCluster } from "../../src/review/list-tree.ts";
import type { Overrides } from "../../src/review/read-cluster.ts";
import { whatIsThere } from "../../src/review.ts";
import type { NONE } from "../../src/sets/conn.ts";
import { formatConn } from "../../src/sets/conn-text.ts";
import { directoryTree } from "../../src/tree/directory.ts";
import type { Tree } from "../../src/tree/tree.ts";
import { reviewInput } from "../review/input.ts";

export type PipelineOptions = { readonly overrides: Overrides; readonly representatives: boolean };

/** A row in words, as `list` and `diff` print it. */
export type ListRow = { readonly src: string; readonly dst: string; readonly conn: string };
export type DiffRow = {
  readonly src: string;
  readonly dst: string;
  readonly base: string;
  readonly head: string;
  readonly opened: string;
  readonly closed: string;
  readonly type: string;
  readonly note: string;
};

/** Both clusters of two folders, read as the commands read them: what is deployed, loaded, assembled. */
export function clustersOf(before: string, after: string, overrides: Overrides): Promise<Sides> {
  const base = directoryTree(before, { label: "base", comparable: true });
  const head = before === after ? base : directoryTree(after, { label: "head", comparable: true });
  return clustersIn(base, head, overrides);
}

export type Sides = { readonly base: Cluster; readonly head: Cluster };

/** The same for two trees. */
export async function clustersIn(base: Tree, head: Tree, overrides: Overrides): Promise<Sides> {
  const clusters = await whatIsThere({
    ...reviewInput(base, head, configFacts(base, head, undefined)),
    overrides,
    maxPairs: 0,
  });
  const [only, second] = clusters;
  if (only === undefined || second !== undefined) throw new Error(`${clusters.length} clusters instead of one`);
  return only;
}

/** What `list` says of a folder. */
export async function listFolder(
  folder: string,
  { overrides, representatives }: PipelineOptions,
): Promise<{ readonly rows: readonly ListRow[]; readonly cluster: Cluster }> {
  const { head: cluster } = await clustersOf(folder, folder, overrides);
  const { flows } = listCluster(cluster, { representatives, from: undefined, to: undefined });
  return { rows: flows, cluster };
}

/** What `diff` says of two folders, row by row; each group's witness has replayed. */
export async function diffFolders(
  before: string,
  after: string,
  { overrides, representatives }: PipelineOptions,
): Promise<{ readonly rows: readonly DiffRow[]; readonly base: Cluster; readonly head: Cluster }> {
  const { base, head } = await clustersOf(before, after, overrides);
  const diff = diffFlows(universe(base, head, { representatives, spoken: [], limit: 20_000 }), []);
  const { changes } = diff.rows(Number.POSITIVE_INFINITY);
  const text = (conn: typeof NONE) => formatConn(conn, diff.universe);
  const rows = changes.map((change): DiffRow => {
    const { type, note } = change;
    return {
      src: change.src.text,
      dst: change.dst.text,
      base: text(change.base),
      head: text(change.head),
      opened: text(change.opened),
      closed: text(change.closed),
      type,
      note,
    };
  });
  return { rows, base, head };
}
