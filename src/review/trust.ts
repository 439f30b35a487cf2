import type { Trust } from "../report/doctor.ts";
import { pathMatcher } from "../roots/match.ts";
import type { Tree } from "../tree/tree.ts";
import { CONFIG_PATH } from "./config-facts.ts";
import { fileTexts } from "./contents.ts";

const WORKFLOW = /^\.github\/workflows\/[^/]+\.ya?ml$/;
const USES = /^\s*(?:-\s*)?uses:.*netpol-review/m;

/** Where GitHub looks for owners; the first that is there counts. Source: GitHub documentation, About code owners. */
const OWNER_FILES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/** Who can change the job that judges, as far as files say. */
export function trustOf(tree: Tree): Trust {
  const text = fileTexts({ base: tree, head: tree });
  const paths = new Set(tree.entries.map(({ path }) => path));
  const workflows = [...paths].filter((path) => WORKFLOW.test(path) && USES.test(text(path, "head"))).sort();
  const owners = OWNER_FILES.find((path) => paths.has(path));
  const owned = owners === undefined ? () => false : ownedBy(text(owners, "head"));
  const deciding = [...workflows, CONFIG_PATH, owners ?? ".github/CODEOWNERS"];
  const unowned = deciding.filter((path) => !owned(path));
  const level = workflows.length === 0 ? "none" : unowned.length === 0 ? "owned" : "editable";
  return { level, workflows, unowned };
}

/** True of paths whose last matching line names somebody. */
function ownedBy(text: string): (path: string) => boolean {
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const [pattern, ...owners] = line
      .replace(/(^|\s)#.*$/, "")
      .trim()
      .split(/\s+/);
    if (pattern === undefined || pattern === "" || pattern.startsWith("!")) return [];
    return [{ matches: matcherOf(pattern), named: owners.some((owner) => owner.includes("@")) }];
  });
  return (path) => lines.findLast(({ matches }) => matches(path))?.named === true;
}

/** A pattern with a slash before its end counts from the root, any other one in every folder. */
function matcherOf(pattern: string): (path: string) => boolean {
  if (pattern.split("/").includes("..")) return () => false;
  const isRooted = pattern.slice(0, -1).includes("/");
  const isFilesOnly = pattern.endsWith("/*");
  const matches = pathMatcher([isRooted ? pattern : `**/${pattern}`]);
  const depth = pattern.replace(/^\//, "").split("/").length;
  return (path) => matches(path) && (!isFilesOnly || path.split("/").length === depth);
}
