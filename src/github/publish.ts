import { annotate } from "./annotations.ts";
import { publishComment } from "./comment.ts";
import { refusedNotice, resultLine } from "./comment-notice.ts";
import { reportBody } from "./comment-text.ts";
import type { Variables } from "./environment.ts";
import { mayComment, type PullEvent, type ReviewEvent } from "./event.ts";
import { GitHubFault } from "./fault.ts";
import type { Log } from "./log.ts";
import type { Marker } from "./marker.ts";
import { exitStatus, type ReviewOutcome } from "./outcome.ts";
import { type Outputs, outputLines } from "./outputs.ts";
import type { ActionContext, ActionPorts } from "./ports.ts";
import { summaryText } from "./summary.ts";
import { oneLine } from "./visible.ts";

/** Where a run's words go. `context` is absent where the surroundings could not be read. */
export type Desk = { readonly ports: ActionPorts; readonly log: Log; readonly context: ActionContext | undefined };

/** Tells an outcome everywhere it belongs; whatever cannot be written, the exit status is the verdict's. */
export async function publishOutcome(desk: Desk, outcome: ReviewOutcome, comments: boolean): Promise<0 | 1> {
  const { log, ports } = desk;
  for (const note of outcome.notes) log.info(note);
  annotate(log, outcome.annotations);
  log.info(`${outcome.verdict} (${outcome.enforces ? "enforcing" : "mode `warn`: findings do not fail the job"})`);
  const reports = await writeReports(desk, outcome);
  await writeOutputs(desk, { conclusion: outcome.conclusion, ...outcome.counts, ...reports });
  await writeSummary(desk, outcome);
  const url = await writeComment(desk, outcome, comments);
  await appendOutputs(ports, log, { "comment-url": url });
  return exitStatus(outcome);
}

/** Tells that a newer run has taken this one's place, which is no verdict and so not a green one. */
export async function publishSuperseded(desk: Desk, notes: readonly string[]): Promise<1> {
  const { log, ports } = desk;
  for (const note of notes) log.notice(`superseded: ${note}`);
  const counts = { findings: 0, opened: 0, closed: 0 };
  await writeOutputs(desk, { conclusion: "superseded", ...counts, ...NO_REPORTS });
  await appendOutputs(ports, log, { "comment-url": "" });
  await append(desk, ports.variables.GITHUB_STEP_SUMMARY, "### netpol-review: superseded by a newer commit\n");
  return 1;
}

type Reports = Pick<Outputs, "report-json" | "report-markdown" | "report-html" | "report-sarif">;

const NO_REPORTS: Reports = { "report-json": "", "report-markdown": "", "report-html": "", "report-sarif": "" };

async function writeReports({ ports, log, context }: Desk, outcome: ReviewOutcome): Promise<Reports> {
  if (context === undefined) return NO_REPORTS;
  const folder = `${context.environment.temp}/netpol-review-${context.id}`;
  const options = { budget: Number.MAX_SAFE_INTEGER, runUrl: context.environment.runUrl };
  const texts: readonly [keyof Reports, string, string | undefined][] = [
    ["report-json", "report.json", outcome.json],
    ["report-markdown", "report.md", `${reportBody(markerOf(context), outcome.markdown, options)}\n`],
    ["report-html", "report.html", outcome.html],
    ["report-sarif", "report.sarif", outcome.sarif],
  ];
  let written = NO_REPORTS;
  try {
    for (const [output, name, text] of texts) {
      if (text === undefined) continue;
      await ports.writeText(`${folder}/${name}`, text);
      written = { ...written, [output]: `${folder}/${name}` };
    }
  } catch (error) {
    log.warning(`the reports cannot be written below \`RUNNER_TEMP\` (${causeOf(error)}); the verdict stands`);
  }
  return written;
}

function markerOf(context: ActionContext): Omit<Marker, "truncated"> {
  return { id: context.id, head: headOf(context.event) };
}

function headOf(event: ReviewEvent): string {
  switch (event.kind) {
    case "pull":
    case "mergeGroup":
      return event.head;
    case "push":
      return event.after;
    case "other":
      return event.commit;
    case "deleted":
      return "";
  }
}

async function writeOutputs({ ports, log }: Desk, outputs: Outputs): Promise<void> {
  await appendOutputs(ports, log, outputs);
}

async function appendOutputs(
  ports: ActionPorts,
  log: Log,
  outputs: { readonly [name: string]: string | number },
): Promise<void> {
  const path = ports.variables.GITHUB_OUTPUT;
  if (!path) return;
  try {
    await ports.appendText(path, outputLines(outputs, `netpol-review-${ports.secret()}`));
  } catch (error) {
    log.warning(`the outputs cannot be written (${causeOf(error)}); the exit status is the verdict`);
  }
}

async function writeSummary(desk: Desk, outcome: ReviewOutcome): Promise<void> {
  const path = desk.ports.variables.GITHUB_STEP_SUMMARY;
  if (!path) return;
  const { context, ports, log } = desk;
  const marker = context === undefined ? { id: "", head: "" } : markerOf(context);
  const runUrl = context?.environment.runUrl ?? "";
  const writtenBytes = await ports.sizeOf(path).catch(() => 0);
  const text = summaryText(marker, outcome.markdown, { writtenBytes, runUrl });
  if (text === undefined) log.warning("the job summary is full; the report is not in it");
  else await append(desk, path, text);
}

async function append({ ports, log }: Desk, path: Variables[string], text: string): Promise<void> {
  if (!path) return;
  try {
    await ports.appendText(path, text);
  } catch (error) {
    log.warning(`the job summary cannot be written (${causeOf(error)}); the verdict stands`);
  }
}

/** The comment's address, or an empty text; a comment that cannot be written is one remark and nothing more. */
async function writeComment(desk: Desk, outcome: ReviewOutcome, comments: boolean): Promise<string> {
  const { context, log } = desk;
  if (context === undefined || !comments || !mayComment(context.event)) return "";
  try {
    return await comment(context, context.event, outcome, log);
  } catch (error) {
    const fault = error instanceof GitHubFault ? error : new GitHubFault("refused", causeOf(error));
    const { level, message } = refusedNotice(fault, context.event);
    if (level === "notice") log.notice(message);
    else log.warning(message);
    return "";
  }
}

async function comment(context: ActionContext, event: PullEvent, outcome: ReviewOutcome, log: Log): Promise<string> {
  const { environment, github, id, inputs } = context;
  const result = await publishComment(github, {
    repository: environment.repository,
    number: event.number,
    id,
    head: event.head,
    mode: inputs.comment,
    outcome,
    runUrl: environment.runUrl,
  });
  log.info(resultLine(result, event));
  return result.kind === "none" || result.kind === "stale" ? "" : result.url;
}

function causeOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error), 200);
}
