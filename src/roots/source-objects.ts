import type { YamlMap } from "../manifest/yaml/node.ts";
import type { Tree, TreeEntry } from "../tree/tree.ts";
import { objectsOf } from "./delivery.ts";
import { readMaps } from "./documents.ts";
import { textAt } from "./fields.ts";

/** Texts of the files that a root was rendered from. */
type SourceTexts = (path: string) => string | undefined;

/** The objects of the files that a root was rendered from, each file read and parsed once. */
export type SourceObjects = {
  readonly text: SourceTexts;
  readonly find: (path: string, rendered: YamlMap) => YamlMap | undefined;
  /** The documents of a text, which is parsed once. */
  readonly parse: (text: string) => readonly YamlMap[];
};

/** Reads `wanted` of `files` at once, and any other of them when it is asked for. */
export function sourceObjects(tree: Tree, files: readonly TreeEntry[], wanted: ReadonlySet<string>): SourceObjects {
  const entries = new Map(files.map((entry) => [entry.path, entry]));
  const texts = new Map<string, string>();
  const load = (some: readonly TreeEntry[]): void =>
    tree.read(some, (entry, bytes) => {
      texts.set(entry.path, bytes instanceof Uint8Array ? Buffer.from(bytes).toString("utf8") : "");
    });
  load(files.filter((entry) => wanted.has(entry.path)));
  const text: SourceTexts = (path) => {
    const entry = entries.get(path);
    if (entry !== undefined && !texts.has(path)) load([entry]);
    return texts.get(path);
  };
  const parsed = new Map<string, readonly YamlMap[]>();
  const objects = (path: string): readonly YamlMap[] => {
    const known = parsed.get(path);
    if (known !== undefined) return known;
    const made = objectsOf(text(path) ?? "");
    parsed.set(path, made);
    return made;
  };
  const documents = new Map<string, readonly YamlMap[]>();
  const parse: SourceObjects["parse"] = (content) => {
    const known = documents.get(content);
    if (known !== undefined) return known;
    const { maps } = readMaps(content);
    documents.set(content, maps);
    return maps;
  };
  return { text, parse, find: (path, rendered) => twinOf(rendered, objects(path)) };
}

/** The object that `rendered` was made from: the same kind, and the same name or the longest that it contains. */
function twinOf(rendered: YamlMap, objects: readonly YamlMap[]): YamlMap | undefined {
  const kind = textAt(rendered, "kind")?.text;
  const name = textAt(rendered, "metadata", "name")?.text ?? "";
  const namespace = textAt(rendered, "metadata", "namespace")?.text;
  const alike = objects.filter((object) => textAt(object, "kind")?.text === kind);
  const nameOf = (object: YamlMap): string => textAt(object, "metadata", "name")?.text ?? "";
  const same = alike.filter((object) => nameOf(object) === name);
  const exact = same.find((object) => textAt(object, "metadata", "namespace")?.text === namespace);
  if (exact !== undefined || same.length > 0) return exact ?? same[0];
  const inside = alike.filter((object) => nameOf(object) !== "" && name.includes(nameOf(object)));
  inside.sort((a, b) => nameOf(b).length - nameOf(a).length);
  return inside[0] ?? (alike.length === 1 ? alike[0] : undefined);
}
