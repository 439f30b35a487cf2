import type { Exception, Rule } from "../gate/rule.ts";
import type { YamlNode } from "../manifest/yaml/node.ts";
import { decodeClause } from "./decode-peer.ts";
import { choiceOf, field, itemsOf, type Report, textOf } from "./fields.ts";

/** One entry of `protected:`. */
export function decodeRule(node: YamlNode, file: string, report: Report): Rule {
  const rule: Rule = {
    ...decodeClause(node, report),
    name: textOf(field(node, "name")) ?? "",
    description: textOf(field(node, "description")) ?? "",
    allowed: itemsOf(field(node, "allowed")).map((item) => decodeClause(item, report)),
    on: choiceOf(field(node, "on"), ["widen", "violate"]) ?? "widen",
    severity: choiceOf(field(node, "severity"), ["error", "warning"]) ?? "error",
    owner: textOf(field(node, "owner")) ?? "",
    join: choiceOf(field(node, "join"), ["error", "warning", "allow"]),
    declared: choiceOf(field(node, "declared"), ["here", "elsewhere"]) ?? "here",
    at: { file, line: node.line },
  };
  if (rule.declared === "elsewhere" && [rule.to, rule.from].some(isByWorkload))
    report(node.line, "`workload` names what the tree declares: with `declared: elsewhere` select by `pods`");
  return rule;
}

function isByWorkload(selector: Rule["to"]): boolean {
  return selector?.kind === "pods" && selector.pods.kind === "workload";
}

/** One entry of `exceptions:`. */
export function decodeException(node: YamlNode, file: string, report: Report): Exception {
  const until = textOf(field(node, "until")) ?? "";
  const at = field(node, "until")?.line ?? node.line;
  if (!isDate(until)) report(at, `\`until\` is \`${until}\`, a day that does not exist`);
  return {
    ...decodeClause(node, report),
    rule: textOf(field(node, "rule")) ?? "",
    until,
    reason: textOf(field(node, "reason")) ?? "",
    at: { file, line: node.line },
  };
}

/** True of a day of the Gregorian calendar as `YYYY-MM-DD`. */
function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return (
    date.getUTCFullYear() === Number(year) &&
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day)
  );
}
