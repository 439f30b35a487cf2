import { tmpdir } from "node:os";
import { InputError } from "../errors.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ExplainReport } from "../report/explain.ts";
import type { ListReport } from "../report/list.ts";
import type { Context, Report } from "../report/report.ts";
import type { ConfigFacts } from "../review/config-facts.ts";
import { explainPair } from "../review/explain-pair.ts";
import { listCluster } from "../review/list-tree.ts";
import { type ReviewInput, review, whatIsThere } from "../review.ts";
import type { Tree } from "../tree/tree.ts";
import { inWorkshop } from "../tree/workshop.ts";
import { VERSION } from "../version.ts";
import { choice, count, type Flags, overridesOf, peerQuery, portQuery } from "./options.ts";
import { optimiseLater } from "./patience.ts";
import { progressOf } from "./progress.ts";
import { configFacts, gitTrees, treeOf } from "./trees.ts";

const MAX_PAIRS = 100_000;

/** Names of clusters in one message. */
const MOST_NAMES = 10;

/** `review`: two git trees of a repository. */
export function runReview(paths: readonly string[], flags: Flags): Promise<Report> {
  const { base, head } = gitTrees(flags);
  optimiseLater(head.entries.length);
  const facts = configFacts(base, head, flags.config);
  if (paths.length > 0 && facts.choice.config.clusters.length > 0) {
    throw new InputError(
      "USAGE",
      undefined,
      "paths and `clusters` of the configuration exclude each other; leave one out",
    );
  }
  const named = head.commit === undefined ? "" : ` --head ${head.commit.slice(0, 12)}`;
  const only = flags.cluster === undefined ? "" : ` --cluster ${quoted(flags.cluster)}`;
  const reproduce = `netpol-review review --base ${base.commit?.slice(0, 12) ?? ""}${named}${only}`;
  return workshop((workshop) =>
    review({ ...common({ base, head, facts, flags, reproduce, workshop }), base, roots: roots(paths, facts, flags) }),
  );
}

/** `diff`: two directories. */
export function runDiff(before: string, after: string, flags: Flags): Promise<Report> {
  const base = treeOf(before, true);
  const head = treeOf(after, true);
  const facts = configFacts(base, head, flags.config);
  const reproduce = `netpol-review diff ${quoted(before)} ${quoted(after)}`;
  return workshop((workshop) =>
    review({ ...common({ base, head, facts, flags, reproduce, workshop }), base, roots: roots([], facts, flags) }),
  );
}

/** `check`: one tree, absolutely. */
export function runCheck(dir: string, flags: Flags): Promise<Report> {
  const head = treeOf(dir, false);
  const facts = configFacts(head, head, flags.config);
  const reproduce = `netpol-review check ${quoted(dir)}`;
  return workshop((workshop) =>
    review({
      ...common({ base: head, head, facts, flags, reproduce, workshop }),
      base: undefined,
      roots: roots([], facts, flags),
    }),
  );
}

/** `list`: every allowed flow of one tree. */
export async function runList(
  dir: string,
  flags: Flags,
): Promise<{ readonly report: ListReport; readonly context: Context }> {
  const head = treeOf(dir, false);
  const { head: cluster } = await clusterOf(head, head, flags);
  const report = listCluster(cluster, {
    representatives: flags.representatives,
    from: flags.from === undefined ? undefined : peerQuery("--from", flags.from),
    to: flags.to === undefined ? undefined : peerQuery("--to", flags.to),
  });
  const context = contextOf({ base: head, head, mode: "enforce", reproduce: `netpol-review list ${quoted(dir)}` });
  return { report, context: { ...context, rules: 0, config: "" } };
}

/** `explain`: one pair, on one tree or between two. */
export async function runExplain(trees: readonly string[], flags: Flags): Promise<ExplainReport> {
  const { from, to } = flags;
  if (from === undefined || to === undefined) {
    throw new InputError("USAGE", undefined, "explain asks about one pair; name it with `--from PEER --to PEER`");
  }
  const [first = ".", second] = trees;
  const base = treeOf(first, second !== undefined);
  const head = second === undefined ? base : treeOf(second, true);
  const read = await clusterOf(base, head, flags);
  return explainPair({
    base: second === undefined ? undefined : read.base,
    head: read.head,
    from: { text: from, query: peerQuery("--from", from) },
    to: { text: to, query: peerQuery("--to", to) },
    conn: flags.port === undefined ? undefined : portQuery(flags.port),
  });
}

async function clusterOf(
  base: Tree,
  head: Tree,
  flags: Flags,
): Promise<{ readonly base: Cluster; readonly head: Cluster }> {
  const facts = configFacts(base, head, flags.config);
  const [broken] = facts.choice.fatal;
  if (broken !== undefined) throw new InputError(broken.code, broken.at, broken.message);
  const clusters = await workshop((workshop) =>
    whatIsThere({
      ...common({ base, head, facts, flags, reproduce: "", workshop }),
      base,
      roots: roots([], facts, flags),
    }),
  );
  const [only, second] = clusters;
  if (only === undefined || (isEmpty(only.base) && isEmpty(only.head))) {
    throw new InputError(
      "EMPTY_TREE",
      undefined,
      `no manifest was found in \`${head.label}\`; name a folder that holds some`,
    );
  }
  if (second !== undefined) {
    const shown = clusters.slice(0, MOST_NAMES).map(({ name }) => `\`${name}\``);
    const more = clusters.length > MOST_NAMES ? [`${clusters.length - MOST_NAMES} more`] : [];
    const names = [...shown, ...more].join(", ");
    throw new InputError(
      "USAGE",
      undefined,
      `this tree holds ${clusters.length} clusters: ${names}; choose one with \`--cluster NAME\``,
    );
  }
  return { base: only.base, head: only.head };
}

/** Nothing was read, and nothing tried. */
function isEmpty({ counts, issues }: Cluster): boolean {
  return counts.documents === 0 && issues.length === 0;
}

type Common = {
  readonly base: Tree;
  readonly head: Tree;
  readonly facts: ConfigFacts;
  readonly flags: Flags;
  readonly reproduce: string;
  readonly workshop: ReviewInput["workshop"];
};

function common({ base, head, facts, flags, reproduce, workshop }: Common): Omit<ReviewInput, "base" | "roots"> {
  const mode = facts.choice.config.mode ?? "enforce";
  const only = flags.cluster === undefined || flags.cluster === "" ? {} : { cluster: flags.cluster };
  const context = { ...contextOf({ base, head, mode, reproduce }), ...only };
  return {
    ...facts,
    head,
    ownRules: true,
    overrides: overridesOf(flags),
    cluster: flags.cluster ?? "",
    representatives: flags.representatives,
    maxPairs: needsPairs(flags) ? (flags.maxPairs === undefined ? MAX_PAIRS : count("--max-pairs", flags.maxPairs)) : 0,
    context,
    today: new Date().toISOString().slice(0, 10),
    progress: progressOf(flags),
    workshop,
  };
}

type Told = Pick<Context, "mode" | "reproduce"> & { readonly base: Tree; readonly head: Tree };

function contextOf({ base, head, mode, reproduce }: Told): Omit<Context, "rules" | "config"> {
  const revision = ({ label, commit }: Tree) => ({ label, commit });
  const shown = { base: revision(base), head: revision(head) };
  return { version: VERSION, mode, setting: "local", ...shown, reproduce, links: undefined };
}

/** Only formats for programs show single pairs; the others stand on groups alone. */
function needsPairs({ output }: Flags): boolean {
  return output === "json" || output === "csv";
}

function roots(paths: readonly string[], { choice: { config } }: ConfigFacts, flags: Flags): ReviewInput["roots"] {
  const render = flags.render === undefined ? "auto" : choice("--render", flags.render, ["auto", "never"]);
  return { paths: paths.length > 0 ? paths : (config.paths ?? []), render: config.render ?? render, fork: false };
}

function workshop<T>(work: (workshop: ReviewInput["workshop"]) => Promise<T>): Promise<T> {
  return inWorkshop(tmpdir(), process.env, work);
}

function quoted(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
