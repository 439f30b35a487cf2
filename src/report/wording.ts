import type { Cause } from "../diff/flow-diff.ts";
import { code, enumerate, type Inline, type Line, loose, marked, placeOf, say, strong } from "./inline.ts";
import { capital, type Names, onSide, toldBy } from "./names.ts";
import type { Context, FindingRow, Report } from "./report.ts";

/** "**Every pod … on TCP 3306**, for example `production/web`. On `main` only `production/api` could." */
export function findingSentence(finding: FindingRow, context: Context, names: Names): Line {
  const words = capital(toldBy(finding.message, names));
  return [...lead(finding), strong(words), ...exampleOf(finding, names), ".", ...beforeOf(finding, context, names)];
}

/** "On `main` only `production/api` could." */
function beforeOf({ allowedBefore, side }: FindingRow, context: Context, names: Names): Line {
  if (allowedBefore === "") return [];
  const base = capital(onSide(context.base));
  const who = toldBy(allowedBefore, names);
  return side === "from" ? say` ${base} it could only connect to ${who}.` : say` ${base} only ${who} could.`;
}

/** A warning is called one; an error needs no word. */
function lead({ severity }: FindingRow): Line {
  return severity === "warning" ? ["Warning: "] : [];
}

/** ", for example `production/web`", unless the sentence has named it. */
function exampleOf({ message, example }: FindingRow, names: Names): Line {
  return example === "" || message.includes(example) ? [] : say`, for example ${names.peer(example)}`;
}

/** "Rule `db-ingress`: “only the API may talk to the database”, owner `@acme/data`." */
export function ruleSentence(finding: FindingRow): Line {
  const name = code(finding.rule);
  const rule: Inline = finding.ruleAt === undefined ? name : placeOf(finding.ruleAt, "base", [name]);
  const description = finding.description === "" ? [] : say`: “${loose(finding.description)}”`;
  const owner = finding.owner === "" ? [] : say`, owner ${code(finding.owner)}`;
  return say`Rule ${rule}${description}${owner}.`;
}

/**
 * "[`db.yaml` line 14]: `ingress[0]` of NetworkPolicy `production/db` now allows it." Causes of the same words share
 * them; `hint` is what the changed lines mean.
 */
export function reasonSentence(causes: readonly Cause[], hint: string): Line {
  const [first] = causes;
  if (first === undefined) return [];
  const places = causes.map((cause): Line => [placeOf(cause.at, cause.side)]);
  const sentence = causeSentence(first);
  if (hint === "" || first.kind !== "rule" || first.side === "base") return say`${enumerate(places, 2)}: ${sentence}`;
  return say`${enumerate(places, 2)}: ${sentence.slice(0, -1)}: ${marked(hint)}.`;
}

/** Causes that differ in their place alone, together. */
export function sameReasons(causes: readonly Cause[]): readonly (readonly Cause[])[] {
  const bySentence = new Map<string, Cause[]>();
  for (const cause of causes) {
    const key = JSON.stringify([cause.object, cause.rule, cause.kind, cause.text, cause.side]);
    const same = bySentence.get(key);
    if (same === undefined) bySentence.set(key, [cause]);
    else same.push(cause);
  }
  return [...bySentence.values()];
}

/** "`ingress[0]` of NetworkPolicy `production/db` now allows it." */
export function causeSentence(cause: Cause): Line {
  const [kind, name] = splitObject(cause.object);
  const object = say`${kind}${code(name)}`;
  const of = cause.rule === "" ? object : say`${code(cause.rule)} of ${object}`;
  const text = cause.text.trim().replace(/\.+$/, "");
  const colon = cause.kind === "rule" || cause.kind === "policy" ? " " : ": ";
  const it = /\b(?:allows|denies|passes|selects|isolates|decides)$/.test(text) ? " it" : "";
  return say`${of}${colon}${marked(text)}${it}.`;
}

/** Kind, with the blank behind it, and name: only a kind that can be one is taken for our own word. */
function splitObject(object: string): readonly [string, string] {
  const match = /^([A-Za-z]{1,60} )(.+)$/s.exec(object);
  return match === null ? ["", object] : [match[1] ?? "", match[2] ?? ""];
}

/** What somebody might fear and did not happen: "Not opened: other ports, addresses outside the cluster." */
export function notOpenedSentence(findings: readonly FindingRow[]): Line {
  const [first, ...rest] = findings.map(({ notOpened }) => notOpened);
  const common = (first ?? []).filter((item) => rest.every((items) => items.includes(item)));
  if (common.length === 0) return [];
  return say`Not opened: ${enumerate(
    common.map((item) => marked(item)),
    4,
  )}.`;
}

/** What to do where the finding is meant: "Name the pods that need it, or have `@acme/data` add …". */
export function intendedSentence(findings: readonly FindingRow[], { shape, context }: Report): Line {
  const kinds = new Set(findings.map(({ kind }) => kind));
  const owners = [...new Set(findings.flatMap(({ owner }) => (owner === "" ? [] : [owner])))].sort();
  const branch = context.base.commit === undefined ? say`the base` : say`${code(context.base.label)}`;
  const [to, on, first] = shape === "check" ? [[], [], ""] : [say` to ${branch}`, say` on ${branch}`, " first"];
  const who = owners.length === 0 ? "" : enumerate(owners.map((owner): Line => [code(owner)]));
  const have = (verb: string): Line => (who === "" ? [verb] : say`have ${who} ${verb}`);
  if (findings.some(({ exception }) => exception !== "")) {
    const broad = findings.some((finding) => finding.broad);
    const better = broad ? "Name the pods that need it" : "Narrow it to what needs it";
    return say`${better}, or ${have("add")} a dated exception${to}${first}`;
  }
  if (kinds.has("subject-lost") || kinds.has("subject-removed") || kinds.has("ungoverned")) {
    return say`Then ${have("change")} the rule${on}${first}`;
  }
  return say`Then ${have("allow")} it in ${code(context.config)}${on}${first}`;
}

/** "Until 2027-01-31 (`db-ingress`, “one-off import”): Any pod may now connect to …" */
export function exceptedSentence(finding: FindingRow, names: Names): Line {
  const { reason, until } = finding.excepted ?? { reason: "", until: "" };
  return say`Until ${loose(until)} (${code(finding.rule)}, “${loose(reason)}”): ${capital(toldBy(finding.message, names))}.`;
}
