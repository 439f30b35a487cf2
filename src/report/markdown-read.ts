import { code, count, type Line, loose, say } from "./inline.ts";
import { issueLines } from "./issue-lines.ts";
import { newIssues } from "./issues.ts";
import { blocks, fold, markdownLine } from "./markdown-inline.ts";
import type { ClusterReport, Report } from "./report.ts";
import type { Section } from "./sections.ts";
import { assumptionSentences, deviationSentence, facts, pluginSentence } from "./wording-read.ts";

/** Notes that stand open; more of them are folded. */
export const OPEN_NOTES = 3;

/** The folded part about what was read, what was not, and what the answer rests on. */
export function analysed(report: Report, sections: readonly Section[]): string {
  const { context, clusters } = report;
  if (clusters.length === 0) return "";
  const line = (each: Line) => markdownLine(each, context);
  const issues = newIssues(report, sections);
  const told = issues.length > OPEN_NOTES ? issues : [];
  const standing = clusters.reduce((n, cluster) => n + cluster.issues.filter((issue) => issue.standing).length, 0);
  const rests = sections.some(({ groups, findings }) => groups.length + findings.length > 0);
  return fold(
    "what was analysed, and what a policy cannot do",
    blocks([
      list(readLines(clusters, line)),
      titled("Not analysed, or to look at:", issueLines(told).map(line)),
      standing > 0 ? `${count(standing, "more issue is", "more issues are")} the same on both sides.` : "",
      titled("Assumed:", rests ? unique(assumptionSentences(clusters.flatMap((c) => c.assumptions)).map(line)) : []),
      titled(
        "Where the network plugin does something else than the policy says:",
        unique(clusters.flatMap((c) => c.deviations).map((d) => line(deviationSentence(d)))),
      ),
      facts(report),
    ]),
  );
}

function readLines(clusters: readonly ClusterReport[], line: (each: Line) => string): readonly string[] {
  const several = clusters.length > 1;
  const reads = clusters
    .filter(({ read }) => read !== "")
    .map(({ name, read }) =>
      line(several ? say`Read in ${code(name, 80)}: ${loose(read)}` : say`Read: ${loose(read)}`),
    );
  return unique([...reads, ...clusters.map((cluster) => line(pluginSentence(cluster)))]);
}

function unique(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)].filter((line) => line !== "");
}

function titled(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${heading}\n${list(lines)}`;
}

function list(lines: readonly string[]): string {
  const shown = lines.slice(0, 20).map((line) => `- ${line}`);
  return [...shown, ...(lines.length > 20 ? [`- ${count(lines.length - 20, "more", "more")}`] : [])].join("\n");
}
