import { LINE_LIMIT, PASTE_LIMIT, plain } from "./escape.ts";
import { hintOf } from "./hint.ts";
import { count, type Line, loose, say } from "./inline.ts";
import { issueLines } from "./issue-lines.ts";
import { newIssues, troubleHeading, troubles } from "./issues.ts";
import { clusterWords, exactNames, type Names } from "./names.ts";
import type { GroupRow, Report } from "./report.ts";
import { exceptionLines, excerptLines, excerptOf, OPEN_REASONS, type Parts, partsOf } from "./section-parts.ts";
import { type Section, sectionsOf } from "./sections.ts";
import { flowTable, needsReasons } from "./table.ts";
import { colorsOf, type TextStyle, textLine, textTable, wrap } from "./text-inline.ts";
import {
  exceptedSentence,
  findingSentence,
  intendedSentence,
  notOpenedSentence,
  reasonSentence,
  ruleSentence,
} from "./wording.ts";
import { arrivalSentence, exposedSentence, neighbourSentence, remedySentence } from "./wording-arrivals.ts";
import {
  assumptionSentences,
  configSentence,
  deviationSentence,
  facts,
  footnote,
  pluginSentence,
  pluginWarning,
  troubleRemedy,
} from "./wording-read.ts";

type View = { readonly report: Report; readonly names: Names; readonly style: TextStyle };

/** The report for a terminal or a log, ending in a line end: the verdict first, every row, nothing folded. */
export function formatText(report: Report, style: TextStyle): string {
  const view: View = { report, names: exactNames, style };
  const sections = sectionsOf(report);
  return `${paragraphs([
    verdict(view),
    top(view),
    problems(view),
    ...sections.map((section) => sectionText(section, view)),
    analysed(view, sections),
    colorsOf(style).dim(wrap(textLine(footnote(report), { ...style, color: false }), "", style)),
  ])}\n`;
}

function paragraphs(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}

function verdict({ report, style }: View): string {
  const colors = colorsOf(style);
  const text = wrap(`netpol-review: ${report.title}`, "", style);
  switch (report.conclusion) {
    case "failure":
      return colors.bold(colors.red(text));
    case "error":
      return colors.bold(colors.magenta(text));
    case "changed":
      return colors.bold(colors.yellow(text));
    case "success":
      return colors.bold(colors.green(text));
  }
}

function write(line: Line, { style }: View, indent: string = ""): string {
  return line.length === 0 ? "" : wrap(textLine(line, style), indent, style);
}

/** Lines under one heading; what is more is counted. */
const LISTED = 100;

function listed(heading: string, lines: readonly Line[], view: View): string {
  const unique = [...new Set(lines.map((line) => write(line, view, "  ")))].filter((line) => line !== "");
  const more = unique.length - LISTED;
  const shown = more > 0 ? [...unique.slice(0, LISTED), `  and ${count(more, "more", "more")}`] : unique;
  return shown.length === 0 ? "" : [heading, ...shown].join("\n");
}

function top(view: View): string {
  const warning = write(pluginWarning(view.report), view);
  const red = colorsOf(view.style).red;
  return paragraphs([
    warning === "" ? "" : red(`NOT ENFORCED: ${warning}`),
    listed(
      "This change also changes what later ones are judged by:",
      view.report.configChanges.map(configSentence),
      view,
    ),
  ]);
}

function problems(view: View): string {
  const { report } = view;
  const issues = troubles(report);
  const heading = troubleHeading(report.conclusion);
  return paragraphs([listed(heading, issueLines(issues), view), write(troubleRemedy(report, issues), view)]);
}

function sectionText(section: Section, view: View): string {
  const parts = partsOf(view.report, section);
  const { report } = view;
  const heading = report.clusters.length > 1 ? say`In ${clusterWords(section.clusters, report.clusters.length)}:` : [];
  const body = paragraphs([
    ...parts.findings.map((finding) =>
      [
        write(findingSentence(finding, report.context, view.names), view),
        write(ruleSentence(finding), view, "  "),
      ].join("\n"),
    ),
    table([...parts.open, ...parts.folded], view),
    why(parts, view),
    intended(parts, view),
    arrivals(parts, view),
    listed(
      "Excepted:",
      parts.excepted.map((finding) => exceptedSentence(finding, view.names)),
      view,
    ),
  ]);
  return body === "" ? "" : paragraphs([write(heading, view), body]);
}

function table(rows: readonly GroupRow[], view: View): string {
  const { report, names, style } = view;
  const { header, rows: lines } = flowTable(rows, {
    context: report.context,
    names,
    why: needsReasons(rows),
    marks: false,
  });
  const plainStyle = { ...style, color: false };
  const text = (cells: readonly Line[]) => cells.map((line) => textLine(line, plainStyle));
  const colored = lines.map((cells, i) => {
    const [status, ...rest] = text(cells);
    return [paint(status ?? "", rows[i], style), ...rest];
  });
  return textTable(text(header), colored, style);
}

function paint(status: string, row: GroupRow | undefined, style: TextStyle): string {
  const colors = colorsOf(style);
  if (row?.protected === "error") return colors.red(status);
  return row?.effect === "closed" || row?.effect === "tightened" ? status : colors.yellow(status);
}

function why(parts: Parts, view: View): string {
  const told = parts.reasons.slice(0, OPEN_REASONS);
  const more = parts.reasons.length - told.length;
  const shown = new Set<string>();
  const reasons = told.flatMap((causes) => {
    const excerpt = excerptOf(causes, parts.excerpts);
    const fresh = excerpt !== undefined && !shown.has(excerpt.text);
    if (excerpt !== undefined) shown.add(excerpt.text);
    return [
      write(say`Why: ${reasonSentence(causes, hintOf(excerpt))}`, view),
      ...(fresh ? diffLines(excerptLines(excerpt), view) : []),
    ];
  });
  const rest = more > 0 ? [`  and ${count(more, "more cause")}`] : [];
  return [...reasons, ...rest, write(notOpenedSentence(parts.findings), view)].filter((line) => line !== "").join("\n");
}

function diffLines(lines: readonly string[], { style }: View): readonly string[] {
  const colors = colorsOf(style);
  return lines.map((line) => {
    const text = `    ${plain(line.replaceAll("\t", "  "), LINE_LIMIT)}`;
    return line.startsWith("+") ? colors.green(text) : line.startsWith("-") ? colors.red(text) : text;
  });
}

function intended({ findings }: Parts, view: View): string {
  const blocking = findings.filter(({ severity }) => severity === "error");
  if (blocking.length === 0) return "";
  const lines = exceptionLines(blocking).map((line) => `    ${plain(line, PASTE_LIMIT)}`);
  const end = lines.length === 0 ? "." : ":";
  return [write(say`Intended? ${intendedSentence(blocking, view.report)}${end}`, view), ...lines].join("\n");
}

function arrivals({ exposed, moved, coming, findings }: Parts, view: View): string {
  const { names, report } = view;
  const calm = report.context.rules > 0 && findings.length === 0 && exposed.length === 1;
  const told = exposed.map((arrival) =>
    [exposedSentence(arrival, names), neighbourSentence(arrival, names, calm)]
      .map((line) => write(line, view))
      .filter((line) => line !== "")
      .join("\n"),
  );
  return paragraphs([
    ...told,
    exposed.length === 0 ? "" : write(remedySentence(exposed), view),
    listed(
      "Workloads that came and went:",
      moved.map((arrival) => arrivalSentence(arrival, names)),
      view,
    ),
    table(coming, view),
  ]);
}

function analysed(view: View, sections: readonly Section[]): string {
  const { clusters } = view.report;
  const told = newIssues(view.report, sections);
  const standing = clusters.reduce((n, { issues: all }) => n + all.filter((issue) => issue.standing).length, 0);
  const rests = sections.some(({ groups, findings }) => groups.length + findings.length > 0);
  return paragraphs([
    listed("To look at:", issueLines(told), view),
    standing > 0 ? `${count(standing, "more issue is", "more issues are")} the same on both sides.` : "",
    listed("Assumed:", rests ? assumptionSentences(clusters.flatMap(({ assumptions }) => assumptions)) : [], view),
    listed(
      "Where the network plugin does something else than the policy says:",
      clusters.flatMap(({ deviations }) => deviations.map(deviationSentence)),
      view,
    ),
    listed(
      "Read:",
      clusters.flatMap((cluster) => [cluster.read === "" ? [] : [loose(cluster.read)], pluginSentence(cluster)]),
      view,
    ),
    clusters.length === 0 ? "" : colorsOf(view.style).dim(wrap(facts(view.report), "", view.style)),
  ]);
}
