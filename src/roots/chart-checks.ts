import type { Issue } from "../errors.ts";
import { type RenderPlace, renderRoot } from "../tree/render.ts";
import type { HelmRequest } from "../tree/render-request.ts";
import { templateQuestions } from "./chart-questions.ts";
import { textAt } from "./fields.ts";
import type { RootSide } from "./plan-types.ts";
import { decidesFlows, flowContent } from "./relevant.ts";
import { documentsOf } from "./rendered.ts";
import type { RenderedDocument } from "./rendered-types.ts";

type Rendered = {
  readonly request: HelmRequest;
  readonly side: RootSide;
  readonly place: RenderPlace;
  readonly documents: readonly RenderedDocument[];
};

/**
 * Policies and pods of a chart that depend on what only a cluster, a clock or chance can answer. Whether one does is
 * found by rendering the chart again with another answer; what `lookup` would have found cannot be tried, so a
 * template that calls it counts as dependent.
 */
export async function chartChecks({ request, side, place, documents }: Rendered): Promise<Issue[]> {
  const questions = templateQuestions(place.tree, request.files);
  const issues: Issue[] = [];
  const ask = async (other: HelmRequest, question: string): Promise<void> => {
    const again = await renderRoot(other, place);
    if (again.text === undefined) return;
    issues.push(...differences(documents, documentsOf(again.text, side, place.tree).documents, question));
  };
  if (questions.asksUpgrade) await ask({ ...request, upgrade: true }, "whether this is an install or an upgrade");
  if (questions.asksChance) await ask(request, "the clock or chance");
  if (questions.capabilities !== undefined) {
    const apiVersions = [...request.apiVersions, ...questions.capabilities];
    await ask({ ...request, apiVersions }, "which APIs the cluster has");
  }
  for (const document of documents) {
    if (!decidesFlows(document.node) || !questions.lookups.has(document.source.file)) continue;
    issues.push(dependent(document, "objects of the cluster (`lookup`)"));
  }
  return issues;
}

function differences(
  before: readonly RenderedDocument[],
  after: readonly RenderedDocument[],
  question: string,
): Issue[] {
  const contents = (documents: readonly RenderedDocument[]): Map<string, RenderedDocument> =>
    new Map(documents.filter(({ node }) => decidesFlows(node)).map((one) => [flowContent(one.node), one]));
  const [old, fresh] = [contents(before), contents(after)];
  const changed = [...old].flatMap(([key, one]) => (fresh.has(key) ? [] : [one]));
  const added = [...fresh].flatMap(([key, one]) => (old.has(key) ? [] : [one]));
  const known = new Set<string>();
  return [...changed, ...added].flatMap((document) => {
    const issue = dependent(document, question);
    if (known.has(issue.message)) return [];
    known.add(issue.message);
    return [issue];
  });
}

function dependent(document: RenderedDocument, question: string): Issue {
  const name = `${textAt(document.node, "kind")?.text ?? ""} ${textAt(document.node, "metadata", "name")?.text ?? ""}`;
  const message = `\`${name}\` depends on ${question}, which nobody can answer here`;
  return { code: "NOT_ANALYSED", severity: "error", at: document.source, message, subject: name, hides: true };
}
