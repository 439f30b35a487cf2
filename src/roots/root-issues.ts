import type { Issue } from "../errors.ts";
import { textAt } from "./fields.ts";
import type { Root, Sides } from "./plan-types.ts";
import { flowContent } from "./relevant.ts";
import type { RenderedDocument, RootResult } from "./rendered-types.ts";

/**
 * What a root could not tell, weighed over both trees: an error where the head is unknown and differs from the base, a
 * warning where the same is unknown on both sides, or where the head repairs it.
 */
export function rootIssues(root: Root, result: Partial<Sides<RootResult>>): Sides<readonly Issue[]> {
  const { base, head } = result;
  const isSame = root.base !== undefined && root.base.key === root.head?.key;
  const about = (issue: Issue, key: string | undefined): Issue => {
    const subject = issue.subject ?? `root ${root.label}`;
    return key === undefined ? { ...issue, subject } : { ...issue, subject, content: key };
  };
  const inHead = (head?.issues ?? []).map((issue) => {
    const isAlike = head?.documents !== undefined && isUnchanged(issue, base?.documents, head.documents);
    const remark = isSame ? "; it is the same on both sides" : "; without an answer it reads the same on both sides";
    return about(isSame || isAlike ? weakened(issue, remark) : issue, root.head?.key);
  });
  const inBase = (base?.issues ?? []).map((issue) => {
    const isRepaired = root.head !== undefined && head?.documents !== undefined;
    const isSettled = isSame || isRepaired;
    return about(isSettled ? weakened(issue, isSame ? "; it is the same on both sides" : "") : issue, root.base?.key);
  });
  const gone = emptied(root, result);
  return { base: inBase, head: gone === undefined ? inHead : [...inHead, gone] };
}

function weakened(issue: Issue, remark: string): Issue {
  return { ...issue, severity: "warning", message: `${issue.message}${remark}` };
}

/** An object that could not be told decides the same flows on both sides. */
function isUnchanged(
  issue: Issue,
  base: readonly RenderedDocument[] | undefined,
  head: readonly RenderedDocument[],
): boolean {
  if (issue.code !== "NOT_ANALYSED" || base === undefined) return false;
  const named = (documents: readonly RenderedDocument[]): string[] =>
    documents
      .filter(({ node }) => `${textAt(node, "kind")?.text} ${textAt(node, "metadata", "name")?.text}` === issue.subject)
      .map(({ node }) => flowContent(node));
  const before = named(base);
  return before.length > 0 && before.join("\n") === named(head).join("\n");
}

/** A root that had objects in the base and has none in the head. */
function emptied(root: Root, { base, head }: Partial<Sides<RootResult>>): Issue | undefined {
  if ((base?.total ?? 0) === 0 || (head?.total ?? 0) > 0) return undefined;
  if (root.head !== undefined && head?.documents === undefined) return undefined;
  const at = root.base?.request?.at;
  const message = `\`${root.label}\` deploys nothing any more; what it deployed before counts as removed`;
  return { code: "ROOT_EMPTIED", severity: "error", at, message, subject: `root ${root.label}`, hides: true };
}
