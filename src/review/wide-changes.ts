import type { Config } from "../config/types.ts";
import { reachesFar } from "../engine/within.ts";
import { buildCluster } from "../manifest/cluster.ts";
import { isManifestPath, type Loaded, loadTree, type ObjectCache, type Preloader } from "../manifest/load-tree.ts";
import type { Tree } from "../tree/tree.ts";
import { differLocally } from "./bystanders.ts";
import { type Overrides, optionsOf } from "./read-cluster.ts";

/** Files that differ, above which the whole tree is read without asking what they are. */
const MANY = 200;

export type ChangeInput = {
  readonly trees: { readonly base: Tree; readonly head: Tree };
  readonly changed: ReadonlySet<string>;
  readonly cache: ObjectCache;
  readonly plain: Preloader;
  readonly config: Config;
  readonly overrides: Overrides;
};

/**
 * True where the files that differ show by themselves that flows of any namespace may differ: then it is not worth asking
 * of each other file whether it may stay unread. Reads the files that differ, which are needed anyway.
 */
export function isWideChange({ trees, changed, cache, plain, config, overrides }: ChangeInput): boolean {
  const sides = [trees.base, trees.head].map((tree): Loaded | undefined => {
    const entries = tree.entries.filter(
      ({ path, kind }) => kind === "file" && changed.has(path) && isManifestPath(path),
    );
    if (entries.length > MANY) return undefined;
    tree.read(entries, (entry, bytes) => {
      if (bytes instanceof Uint8Array) plain.take(entry, bytes);
    });
    return loadTree(tree, entries, cache, { changed });
  });
  const [base, head] = sides;
  if (base === undefined || head === undefined || !differLocally(base.objects, head.objects)) return true;
  const options = optionsOf({ cluster: { name: "", namespace: undefined }, config, overrides });
  return reachesFar(buildCluster(base, options), buildCluster(head, options));
}
