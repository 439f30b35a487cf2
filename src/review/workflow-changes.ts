import type { Tree } from "../tree/tree.ts";
import { fileTexts } from "./contents.ts";

/** Workflows, and Actions of the repository that a workflow may run in its place. */
const WORKFLOW = /^\.github\/workflows\/[^/]+\.ya?ml$|(?:^|\/)action\.ya?ml$/;
const USES = /netpol-review/;

/** Workflows that run this review and differ between the sides: the workflow of a pull request is the head's. */
export function workflowChanges(
  trees: { readonly base: Tree; readonly head: Tree },
  changed: ReadonlySet<string>,
): readonly { readonly message: string; readonly file: string }[] {
  const text = fileTexts(trees);
  return [...changed]
    .filter((path) => WORKFLOW.test(path) && (USES.test(text(path, "base")) || USES.test(text(path, "head"))))
    .sort()
    .map((file) => ({ file, message: `the ${kindOf(file)} \`${file}\`, which runs this review, changes` }));
}

function kindOf(file: string): string {
  return file.startsWith(".github/workflows/") ? "workflow" : "Action";
}
