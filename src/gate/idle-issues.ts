import type { Issue } from "../errors.ts";
import type { Idle } from "./finding.ts";
import { type Exception, isActive, type Rule } from "./rule.ts";
import { formatClause } from "./rule-text.ts";
import { code } from "./words.ts";

/** Issues about rules that protect nothing and exceptions without use, in every one of the clusters. */
export function idleIssues(clusters: readonly Idle[], today: string): readonly Issue[] {
  const [first, ...rest] = clusters;
  if (first === undefined) return [];
  const rules = first.rules.filter((rule) => rest.every((idle) => idle.rules.includes(rule)));
  const exceptions = first.exceptions.filter((exception) => rest.every((idle) => idle.exceptions.includes(exception)));
  return [...rules.map(idleRule), ...exceptions.map((exception) => idleException(exception, today))];
}

function idleRule(rule: Rule): Issue {
  const subject = formatClause({ from: rule.from, to: rule.to, ports: undefined });
  return {
    code: "RULE_IDLE",
    severity: "warning",
    at: rule.at,
    subject: rule.name,
    message: `rule ${code(rule.name)} protects nothing: no workload of base matches ${code(subject)}; mend the selector, or say \`declared: elsewhere\``,
  };
}

function idleException(exception: Exception, today: string): Issue {
  const ended = !isActive(exception, today);
  return {
    code: "EXCEPTION_IDLE",
    severity: "warning",
    at: exception.at,
    subject: exception.rule,
    message: ended
      ? `the exception to ${code(exception.rule)} ended on ${code(exception.until)}; remove it`
      : `the exception to ${code(exception.rule)} covers no flow (${code(formatClause(exception))}); remove it, or mend it`,
  };
}
