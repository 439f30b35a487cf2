import type { YamlNode } from "../manifest/yaml/node.ts";
import { type Report, textsOf } from "./fields.ts";
import { quote } from "./read.ts";

/** The files, folders and globs of a list; one that leads outside the repository is reported and left out. */
export function decodeGlobs(node: YamlNode | undefined, report: Report): readonly string[] {
  return textsOf(node).flatMap(({ text, line }) => (checkPath(text, line, report) ? [text] : []));
}

/** True where a path or glob stays inside the repository; else says why not. */
export function checkPath(text: string, line: number, report: Report): boolean {
  const fault = faultOf(text);
  if (fault !== undefined) report(line, `${quote(text)} ${fault}`);
  return fault === undefined;
}

function faultOf(text: string): string | undefined {
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) return "holds a control character";
  if (text.includes("\\")) return "has a `\\`: components are separated by `/`";
  if (/^!?[A-Za-z]:\//.test(text) || /^!?[a-z][a-z0-9+.-]*:\/\//i.test(text))
    return "leads outside the repository: name a path below its root";
  if (text.split(/[/{},()|!]/).includes("..")) return "leads outside the repository: name a path below its root";
  return undefined;
}
