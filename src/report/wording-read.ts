import type { SourceRef } from "../errors.ts";
import { code, count, enumerate, type Line, loose, marked, placeOf, say, sentence } from "./inline.ts";
import { isUnread } from "./issues.ts";
import { byAssumption, sortedUnique } from "./order.ts";
import type { AssumptionRow, ClusterReport, ConfigChange, Context, DeviationRow, IssueRow, Report } from "./report.ts";

/** What a network policy cannot do, once a report; nothing about idle plugins where the report begins with one. */
export function facts(report: Report): string {
  const known = "replies need no rule, connections that already exist are not cut, nothing is logged";
  const idle = ", and a network plugin that enforces no policy (Flannel alone) ignores all of it without a warning";
  const said = report.clusters.some(({ plugin }) => !plugin.enforces);
  return `A policy governs new connections of pods, not Services: ${known}${said ? "" : idle}.`;
}

/** "[`broken.yaml` line 12]: mapping values are not allowed here (`YAML_SYNTAX`)" */
export function issueSentence(issue: IssueRow): Line {
  const text = marked(sentence(issue.message));
  const where = issue.at === undefined ? [] : say`${placeOf(issue.at, "head")}: `;
  return say`${where}${text} (${code(issue.code)})`;
}

/** What to do about files that could not be read; empty where it is no file of manifests. */
export function troubleRemedy({ context }: Report, issues: readonly IssueRow[]): Line {
  if (context.rules === 0) return [];
  if (!issues.some(({ at, code: what }) => at !== undefined && !what.startsWith("CONFIG_"))) return [];
  const accept = issues.some(({ code: what }) => what === "NOT_ANALYSED")
    ? say`what may change unread under ${code("accept-unread:")} or `
    : [];
  return say`What they hold may open anything, so it counts as not judged. Mend them, or name ${accept}what is not deployed from here under ${code("exclude:")} in ${code(context.config)}, on the base branch first.`;
}

/** "`10.0.0.0/8` is read as outside the cluster (`db.yaml` line 9 and 3 more)": each text once, with its places. */
export function assumptionSentences(assumptions: readonly AssumptionRow[]): readonly Line[] {
  const places = new Map<string, SourceRef[]>();
  for (const { text, at } of sortedUnique(assumptions, byAssumption)) {
    const known = places.get(text) ?? [];
    places.set(text, at === undefined ? known : [...known, at]);
  }
  return [...places].map(([text, refs]) => {
    const shown = refs.map((at): Line => [placeOf(at, "head")]);
    return refs.length === 0 ? marked(sentence(text)) : say`${marked(sentence(text))} (${enumerate(shown, 1)})`;
  });
}

/** "NetworkPolicy `a/b` (`b.yaml` line 9): calico ignores the port" */
export function deviationSentence({ object, text, at }: DeviationRow): Line {
  return say`${code(object)} (${placeOf(at, "head")}): ${marked(text)}`;
}

/** "The rules themselves change: …" */
export function configSentence({ message, at }: ConfigChange): Line {
  const where = at === undefined ? [] : say` (${placeOf(at, "head")})`;
  return say`${marked(sentence(message))}${where}.`;
}

/** Said first, in red, where the plugin enforces nothing. */
export function pluginWarning(report: Report): Line {
  const idle = report.clusters.filter(({ plugin }) => !plugin.enforces);
  const names = [...new Set(idle.map(({ plugin }) => plugin.name ?? "the network plugin"))].sort();
  if (names.length === 0) return [];
  const all = idle.length === report.clusters.length;
  const where = all ? [] : say` in ${code(idle.map(({ name }) => name).join(", "))}`;
  return say`${code(names.join(", "))} enforces no network policy: every flow is allowed${where}, whatever the policies say.`;
}

/** "`calico`, as the configuration says", for clusters whose plugin is known. */
export function pluginSentence({ plugin }: ClusterReport): Line {
  if (plugin.name === undefined) return [];
  return say`Network plugin: ${code(plugin.name)}${plugin.reason === "" ? [] : say` (${marked(plugin.reason)})`}`;
}

/** "read 12 workloads, 5 policies, nothing skipped", of all clusters together. */
function readWords(report: Report): string {
  const sum = (of: (cluster: ClusterReport) => number) => report.clusters.reduce((n, cluster) => n + of(cluster), 0);
  const workloads = sum(({ counts }) => counts.workloads);
  const policies = sum(({ counts }) => counts.policies);
  const issues = [...report.issues, ...report.clusters.flatMap((cluster) => cluster.issues)].filter(isUnread);
  const files = new Set(issues.map(({ at, message }) => at?.file ?? message));
  const left = files.size === 0 ? "nothing skipped" : `${count(files.size, "file")} not read`;
  return `read ${count(workloads, "workload")}, ${count(policies, "policy", "policies")}, ${left}`;
}

/** "netpol-review 1.0.0 · `main@abc1234` → `def5678` · enforcing · read … · `netpol-review review …`" */
export function footnote(report: Report): Line {
  const { context } = report;
  const sides = report.shape === "check" ? code(revision(context, "head")) : bothSides(context);
  const gate =
    context.rules === 0 ? "no rules, only reporting" : context.mode === "warn" ? "warning only" : "enforcing";
  const again = context.reproduce === "" ? [] : say` · ${code(context.reproduce)}`;
  return say`netpol-review ${loose(context.version)} · ${sides} · ${gate} · ${readWords(report)}${again}`;
}

function bothSides(context: Context): Line {
  const head = context.head.commit?.slice(0, 7) ?? context.head.label;
  return say`${code(revision(context, "base"))} → ${code(head)}`;
}

function revision(context: Context, side: "base" | "head"): string {
  const { label, commit } = context[side];
  return commit === undefined ? label : label === "" ? commit.slice(0, 7) : `${label}@${commit.slice(0, 7)}`;
}
