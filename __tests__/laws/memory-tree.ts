import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { Tree, TreeEntry } from "../../src/tree/tree.ts";
import type { Manifest } from "./manifests.ts";

/** A tree of these files, by path. */
export function memoryTree(files: Readonly<Record<string, string>>): Tree {
  const paths = Object.keys(files).sort();
  const entries = paths.map((path): TreeEntry => {
    const bytes = Buffer.from(files[path] ?? "");
    return { path, blob: createHash("sha1").update(bytes).digest("hex"), kind: "file", size: bytes.length };
  });
  return {
    label: "memory",
    commit: undefined,
    entries,
    issues: [],
    read: (wanted, visit) => {
      for (const entry of wanted) visit(entry, Buffer.from(files[entry.path] ?? ""));
    },
  };
}

/** One file an object, in order. */
export function plainTree(manifests: readonly Manifest[]): Tree {
  return memoryTree(Object.fromEntries(manifests.map((each, i) => [`${i}.yaml`, stringify(each)])));
}

/** The same objects otherwise written: other files, other order, other order of keys, JSON, lists. */
export function shuffledTree(manifests: readonly Manifest[], seed: number): Tree {
  const random = randomFrom(seed);
  const files = new Map<string, Manifest[]>();
  for (const each of shuffled(manifests, random)) {
    const path = `${"abc"[random(3)]}/${random(4)}`;
    files.set(path, [...(files.get(path) ?? []), reordered(each, random)]);
  }
  const written = [...files].map(([path, docs]) => write(path, docs, random(3)));
  return memoryTree(Object.fromEntries(written));
}

function write(path: string, docs: readonly Manifest[], form: number): readonly [string, string] {
  if (form === 0)
    return [`${path}.json`, JSON.stringify({ kind: "List", apiVersion: "v1", items: docs }, undefined, 1)];
  const texts = docs.map((doc) => (form === 1 ? stringify(doc) : stringify(doc, { collectionStyle: "flow" })));
  return [`${path}.yml`, `# a comment\n---\n${texts.join("---\n")}`];
}

/** Keys in another order; in a NetworkPolicy every list, too, since none of them is ordered. */
function reordered(manifest: Manifest, random: (below: number) => number): Manifest {
  const lists = manifest.kind === "NetworkPolicy";
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return (lists ? shuffled(value, random) : value).map(visit);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(shuffled(Object.entries(value), random).map(([key, inner]) => [key, visit(inner)]));
  };
  return Object.fromEntries(shuffled(Object.entries(manifest), random).map(([key, inner]) => [key, visit(inner)]));
}

function shuffled<T>(items: readonly T[], random: (below: number) => number): readonly T[] {
  return items
    .map((item) => [random(1 << 20), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/** Numbers that depend on the seed alone. */
function randomFrom(seed: number): (below: number) => number {
  let state = (seed * 2 + 1) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
