/** What a reader of GitHub's Markdown would find wrong with a comment of ours; empty where nothing got out of its place. */
export function faultsOf(markdown: string): readonly string[] {
  const faults: string[] = [];
  let fence = "";
  let columns: number | undefined;
  for (const line of markdown.split("\n")) {
    if (/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/.test(line))
      faults.push(`hidden: ${line}`);
    const ticks = /^ {0,4}(`{3,})[a-z]*$/.exec(line)?.[1];
    if (fence !== "") {
      if (ticks !== undefined && ticks.length >= fence.length && line.trim() === ticks) fence = "";
      continue;
    }
    if (ticks !== undefined) {
      fence = ticks;
      continue;
    }
    const bare = withoutCode(line);
    faults.push(...inlineFaults(bare, line));
    columns = line.startsWith("|") ? tableFaults(bare, columns, faults, line) : undefined;
  }
  if (fence !== "") faults.push("a fence stays open");
  return faults;
}

/** The line with each code span replaced by `X`, as CommonMark pairs runs of backticks; escaped characters are `E`. */
function withoutCode(line: string): string {
  let out = "";
  for (let i = 0; i < line.length; ) {
    if (line[i] === "\\" && /[!-/:-@[-`{-~]/.test(line[i + 1] ?? "")) {
      out += line[i + 1] === "|" ? "E" : "E";
      i += 2;
      continue;
    }
    const run = /^`+/.exec(line.slice(i))?.[0];
    if (run === undefined) {
      out += line[i];
      i++;
      continue;
    }
    const close = new RegExp(`(?<!\`)${run}(?!\`)`).exec(line.slice(i + run.length));
    if (close === null) {
      out += "UNPAIRED`";
      i += run.length;
      continue;
    }
    const content = line.slice(i + run.length, i + run.length + close.index);
    out += /(?<!\\)\|/.test(content) && line.startsWith("|") ? "X|" : "X";
    i += run.length + close.index + run.length;
  }
  return out;
}

function inlineFaults(bare: string, line: string): readonly string[] {
  const faults: string[] = [];
  const text = bare.replace(/\]\((https:\/\/github\.com\/acme\/shop\/[A-Za-z0-9%._/#-]*)\)/g, "]");
  const tags = text.replace(/<\/?(?:details|summary|sub)>/g, "").replace(/^> /, "");
  if (/</.test(tags)) faults.push(`tag: ${line}`);
  if (/@/.test(tags)) faults.push(`mention: ${line}`);
  if (/#\d|\bgh-\d/i.test(tags)) faults.push(`reference: ${line}`);
  if (/:\/\/|www\.|mailto:/i.test(tags)) faults.push(`link: ${line}`);
  if (/\]\(/.test(tags)) faults.push(`link target: ${line}`);
  if (/!\[/.test(tags)) faults.push(`image: ${line}`);
  if (/UNPAIRED/.test(tags)) faults.push(`backtick: ${line}`);
  if (/\$|:[a-z]+:/.test(tags)) faults.push(`formula or emoji: ${line}`);
  if (/^#/.test(tags) && !/^### (?:\S+ )?netpol-review: |^#### In /.test(line)) faults.push(`heading: ${line}`);
  return faults;
}

function tableFaults(bare: string, columns: number | undefined, faults: string[], line: string): number {
  const found = bare.split("|").length - 2;
  if (columns !== undefined && found !== columns) faults.push(`cells: ${line}`);
  return columns ?? found;
}
