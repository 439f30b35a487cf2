/**
 * A YAML value as `kubectl` reads it, with its place. Lines are 1-based in the file (not the document).
 * Keys are text already (`on:` is `"true"`), merge keys and aliases are resolved, of duplicate keys the last one counts.
 */
export type YamlNode = YamlMap | YamlSeq | YamlScalar;

export type YamlMap = {
  readonly kind: "map";
  readonly line: number;
  readonly entries: ReadonlyMap<string, YamlEntry>;
};

export type YamlEntry = { readonly keyLine: number; readonly value: YamlNode };

type YamlSeq = { readonly kind: "seq"; readonly line: number; readonly items: readonly YamlNode[] };

export type YamlScalar = {
  readonly kind: "scalar";
  readonly line: number;
  readonly value: string | number | boolean | null;
  /** The text as it stands in the file, for messages: `1.10`, `on`, `"80"`. */
  readonly text: string;
};
