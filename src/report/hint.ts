import type { Excerpt } from "./report.ts";

/** What added lines mean that newcomers misread, names in backticks; empty where there is nothing to explain. */
export function hintOf(excerpt: Excerpt | undefined): string {
  if (excerpt === undefined) return "";
  const lines = excerpt.text.split(/\r?\n/).filter((line) => !line.startsWith("-"));
  for (const [i, line] of lines.entries()) {
    if (!line.startsWith("+")) continue;
    const selector = EVERY_NAMESPACE.exec(line.slice(1));
    if (selector !== null) return everyNamespace(lines, i, selector[1] ?? "");
    const family = EVERY_ADDRESS.exec(line.slice(1));
    if (family !== null) return `\`${family[1] ?? ""}\` is every ${family[1] === "::/0" ? "IPv6" : "IPv4"} address`;
  }
  return "";
}

const EVERY_NAMESPACE = /^(\s*(?:- )?)namespaceSelector:\s*\{\s*\}\s*(?:#.*)?$/;
const EVERY_ADDRESS = /^\s*(?:- )?(?:ipBlock:\s*\{\s*)?cidr:\s*["']?(0\.0\.0\.0\/0|::\/0)["']?\s*\}?\s*(?:#.*)?$/;

/** Only where the lines around show whether a `podSelector` stands in the same item. */
function everyNamespace(lines: readonly string[], at: number, lead: string): string {
  const column = lead.length;
  const next = lines[at + 1];
  const isFirst = lead.includes("-");
  if (next === undefined || next === "" || !isFirst) return "";
  const beside = next.slice(1).search(/\S/) === column;
  if (!beside) return "`namespaceSelector: {}` is every namespace; with no `podSelector` beside it, every pod there";
  return /^\s*podSelector:/.test(next.slice(1)) ? "`namespaceSelector: {}` is every namespace" : "";
}
