import type { YamlMap } from "../manifest/yaml/node.ts";
import { textAt } from "./fields.ts";
import type { Identities } from "./partition.ts";
import type { ClusterPlan, Root, Side, Sides } from "./plan-types.ts";
import { decidesFlows } from "./relevant.ts";
import type { RenderedDocument, RootResult } from "./rendered-types.ts";

/** What roots came to. */
export type Results = ReadonlyMap<Root, Partial<Sides<RootResult>>>;

/** What every root defines; a folder that is read as it stands counts for its files. */
export function identitiesOf(cluster: ClusterPlan, results: Results, namespace: string): Map<Root, Identities> {
  const own = cluster.namespace ?? namespace;
  return new Map(
    cluster.roots.map((root) => {
      const result = results.get(root);
      return [
        root,
        { base: identities(root, "base", result?.base, own), head: identities(root, "head", result?.head, own) },
      ];
    }),
  );
}

function identities(
  root: Root,
  side: Side,
  result: RootResult | undefined,
  namespace: string,
): Set<string> | undefined {
  if (root[side] === undefined || result?.documents === undefined) return undefined;
  const found = new Set<string>();
  for (const document of result.documents) if (decidesFlows(document.node)) found.add(identity(document, namespace));
  if (root[side].request === undefined) for (const { entry } of root[side].plain) found.add(`file ${entry.path}`);
  return found;
}

function identity({ node, namespace: given }: RenderedDocument, namespace: string): string {
  const own = textAt(node, "metadata", "namespace")?.text;
  return `${group(node)}/${textAt(node, "kind")?.text} ${own ?? given?.name ?? namespace}/${textAt(node, "metadata", "name")?.text}`;
}

function group(node: YamlMap): string {
  const version = textAt(node, "apiVersion")?.text ?? "";
  const slash = version.indexOf("/");
  return slash < 0 ? "" : version.slice(0, slash);
}
