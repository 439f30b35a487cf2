import type { Run } from "../e2e/run.ts";
import { commands } from "../e2e/run.ts";
import type { World } from "../e2e/world.ts";
import { faultsOf } from "../report/markdown-checker.ts";

/** The commands that a run of ours may give, each with a place that is a path, a title and a message of one line. */
const OURS =
  /^::(?:error|warning|notice)(?: (?:file=[^,:\n]+(?:,line=\d+)?,)?title=netpol-review%3A [^,:\n]+)?::[^\n]*$/;

const HIDDEN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

/** What strings from outside did to the outputs of a run; empty where each of them stayed in its place. */
export function mischief(world: World, done: Run): readonly string[] {
  const { exit, stderr, log, outputs, summary, json } = done;
  const given = commands(done);
  const faults = given.filter((line) => !OURS.test(line)).map((line) => `command: ${line}`);
  if (exit !== 0 && exit !== 1) faults.push(`exit status ${exit}`);
  if (stderr !== "") faults.push(`standard error: ${stderr}`);
  for (const level of ["error", "warning", "notice"]) {
    const many = given.filter((line) => line.startsWith(`::${level}`)).length;
    if (many > 12) faults.push(`${many} times ${level}`);
  }
  for (const [name, text] of [
    ["log", log],
    ["summary", summary],
  ] as const) {
    const found = HIDDEN.exec(text);
    if (found !== null) faults.push(`${name} hides U+${found[0].codePointAt(0)?.toString(16)}`);
  }
  const bodies = world.fake.state.comments.filter(({ author }) => author === "github-actions[bot]");
  for (const text of [summary, ...bodies.map(({ body }) => body)]) faults.push(...markup(world, text));
  for (const [name, value] of outputs) if (!VALUES.test(value)) faults.push(`output ${name}: ${value}`);
  if (outputs.size !== 9) faults.push(`outputs: ${[...outputs.keys()].join(", ")}`);
  if (json !== "") JSON.parse(json);
  return faults;
}

/** Conclusions, counts, paths of ours and addresses of comments. */
const VALUES =
  /^(?:|[a-z]+|\d+|\/[\w./-]+\/netpol-review-[0-9a-f]{16}\/report\.(?:json|md)|http:\/\/127[\w.:/#-]+|https:\/\/github\.com\/[\w./#-]+)$/;

const MARKER = /^<!-- netpol-review \{"v":1,"id":"[0-9a-f]*","head":"[0-9a-f]*","truncated":(?:true|false)\} -->$/;

function markup(world: World, text: string): readonly string[] {
  const [first = "", ...rest] = text.split("\n");
  const marker = MARKER.test(first) ? [] : [`marker: ${first}`];
  const body = rest.join("\n");
  return [...marker, ...faultsOf(body.replaceAll(world.git.url, "https://github.com"))];
}
