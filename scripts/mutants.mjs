import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The mutants of `scripts/mutants.txt`: a file stands on a line of its own, its mutants below it, indented, as
 * `rule: text ⟶ replacement`. Throws where a line is none of these.
 */
export function readMutants(root) {
  const mutants = [];
  let file = "";
  for (const [i, line] of readFileSync(join(root, "scripts/mutants.txt"), "utf8").split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (!line.startsWith(" ")) {
      file = line.trim();
      continue;
    }
    const [, rule, find, replacement] = /^ +(\S+): (.+?) ⟶(?: (.*))?$/.exec(line) ?? [];
    if (rule === undefined || find === undefined) throw new Error(`scripts/mutants.txt:${i + 1}: no mutant: ${line}`);
    mutants.push({ line: i + 1, file, rule, find, replacement: replacement ?? "" });
  }
  return mutants;
}

/** `text` with the mutant in it; throws unless the text that it replaces stands there once. */
export function mutate(text, { line, file, find, replacement }) {
  const count = text.split(find).length - 1;
  if (count !== 1) throw new Error(`scripts/mutants.txt:${line}: ${count} times in ${file}: ${find}`);
  return text.replace(find, () => replacement);
}
