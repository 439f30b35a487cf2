import type { Severity, SourceRef } from "../errors.ts";
import { plain } from "./escape.ts";
import { enumerate, type Line, say } from "./inline.ts";
import { undecided } from "./issues.ts";
import { exactNames } from "./names.ts";
import type { FindingRow, IssueRow, Report } from "./report.ts";
import { type Section, sectionsOf } from "./sections.ts";
import { textLine } from "./text-inline.ts";
import { findingSentence } from "./wording.ts";
import { issueSentence } from "./wording-read.ts";

/** A remark that GitHub shows at a file and line; texts have one line and nothing hidden. */
export type Annotation = {
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  /** Place in the head tree; `undefined` where the head has none. */
  readonly file: string | undefined;
  /** 1-based; 0 for the file as a whole. */
  readonly line: number;
};

const PLAIN = { color: false, width: undefined };

/** One annotation for each finding that counts and each issue that kept the review from an answer, the gravest first. */
export function annotationsOf(report: Report): readonly Annotation[] {
  const sections = sectionsOf(report);
  const findings = sections.flatMap((section) =>
    section.findings
      .filter(({ excepted }) => excepted === undefined)
      .map((each) => findingAnnotation(each, section, report)),
  );
  const all = [...undecided(report).map(issueAnnotation), ...findings];
  return [
    ...all.filter(({ severity }) => severity === "error"),
    ...all.filter(({ severity }) => severity === "warning"),
  ];
}

function findingAnnotation(finding: FindingRow, { clusters }: Section, report: Report): Annotation {
  const enforced = finding.severity === "error" && report.context.mode === "enforce";
  const names = enumerate(clusters.map((name): Line => [plain(name)]));
  const where = report.clusters.length > 1 ? say` In ${names}.` : [];
  return {
    severity: enforced ? "error" : "warning",
    title: `netpol-review: ${plain(finding.rule)}`,
    message: textLine([...findingSentence(finding, report.context, exactNames), ...where], PLAIN),
    ...placed(headPlace(finding)),
  };
}

/** The cause that stands in the head, else what the finding itself names there; a cause that is gone has no place. */
function headPlace({ causes, at, kind }: FindingRow): SourceRef | undefined {
  const cause = causes.find(({ side }) => side === "head");
  const named = kind === "joined" || kind === "ungoverned" || kind === "not-judged" || kind === "private-block";
  return cause?.at ?? (named && causes.length === 0 ? at : undefined);
}

function placed(at: SourceRef | undefined): Pick<Annotation, "file" | "line"> {
  return { file: at?.file, line: at?.line ?? 0 };
}

function issueAnnotation(issue: IssueRow): Annotation {
  const message = textLine(issueSentence({ ...issue, at: undefined }), PLAIN);
  return { severity: "error", title: "netpol-review: no answer", message, ...placed(issue.at) };
}
