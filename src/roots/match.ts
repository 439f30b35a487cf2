import picomatch from "picomatch";
import { InputError } from "../errors.ts";

/** Whether a path is spoken of. */
export type PathMatch = (path: string) => boolean;

/**
 * Matches what any of `patterns` names: a file, a folder with all below it, or a glob of either. A pattern with `!` in
 * front takes back what earlier ones named. Throws where a pattern leads outside the repository.
 */
export function pathMatcher(patterns: readonly string[]): PathMatch {
  const rules = patterns.map(rule);
  return (path) => {
    let named = false;
    for (const { negated, matches } of rules) if (named === negated && matches(path)) named = !negated;
    return named;
  };
}

/** `pattern` without what means nothing: `./` in front, `/` around it. */
export function cleanPattern(pattern: string): string {
  const clean = pattern
    .trim()
    .replace(/^(?:\.?\/+)+/, "")
    .replace(/\/+$/, "");
  return clean === "." ? "" : clean;
}

/** `pattern` has signs that make it a glob. */
export function isGlob(pattern: string): boolean {
  return /[*?[\]{}()!]/.test(pattern);
}

function rule(pattern: string): { readonly negated: boolean; readonly matches: PathMatch } {
  const negated = pattern.startsWith("!");
  const clean = cleanPattern(negated ? pattern.slice(1) : pattern);
  if (clean.split("/").includes("..")) {
    throw new InputError(
      "BAD_PATH",
      undefined,
      `\`${pattern}\` leads outside the repository; paths are relative to its root`,
    );
  }
  if (clean === "") return { negated, matches: () => true };
  const literal: PathMatch = (path) => path === clean || path.startsWith(`${clean}/`);
  if (!isGlob(clean)) return { negated, matches: literal };
  const options = { dot: true, nonegate: true };
  const itself = picomatch(clean, options);
  const below = picomatch(`${clean}/**`, options);
  return { negated, matches: (path) => itself(path) || below(path) || literal(path) };
}
