import { realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { followLinks, type Link, MAX_ALIASES } from "../../src/tree/links.ts";
import { comparePaths } from "../../src/tree/path.ts";
import type { TreeEntry } from "../../src/tree/tree.ts";
import { makeFolder } from "./repo.ts";

const file = (path: string): TreeEntry => ({ path, blob: `blob of ${path}`, kind: "file", size: undefined });
const byPath = (a: { readonly path: string }, b: { readonly path: string }) => comparePaths(a.path, b.path);

function follow(files: readonly string[], links: Readonly<Record<string, string>>) {
  const list = Object.entries(links).map(([path, target]): Link => ({ path, target }));
  const { entries, issues } = followLinks(files.map(file).sort(byPath), list.sort(byPath));
  const aliases = entries.filter((entry) => entry.kind === "symlink");
  return { added: aliases.map(({ path, leadsTo }) => `${path} -> ${leadsTo}`), issues, entries };
}

describe("a link", () => {
  it.each([
    ["to a neighbour is the neighbour's content", { "a/l.yaml": "x.yaml" }, ["a/l.yaml -> a/x.yaml"]],
    ["upwards and down again is followed", { "b/l.yaml": "../a/x.yaml" }, ["b/l.yaml -> a/x.yaml"]],
    ["through `.` and doubled slashes is followed", { "l.yaml": "./a//./x.yaml" }, ["l.yaml -> a/x.yaml"]],
    [
      "to a folder lists the folder's files under its own name",
      { l: "a" },
      ["l/sub/y.yaml -> a/sub/y.yaml", "l/x.yaml -> a/x.yaml"],
    ],
    ["to another link is followed to the end", { l: "m", m: "a/x.yaml" }, ["l -> a/x.yaml", "m -> a/x.yaml"]],
    [
      "through a linked folder is followed",
      { "l.yaml": "m/y.yaml", m: "a/sub" },
      ["l.yaml -> a/sub/y.yaml", "m/y.yaml -> a/sub/y.yaml"],
    ],
    [
      "`..` after a linked folder is the real folder's parent",
      { "l.yaml": "m/../x.yaml", m: "a/sub" },
      ["l.yaml -> a/x.yaml", "m/y.yaml -> a/sub/y.yaml"],
    ],
  ])("%s", (_, links, added) => {
    const found = follow(["a/x.yaml", "a/sub/y.yaml", "b/z.yaml"], links);
    expect(found.added).toEqual(added);
    expect(found.issues).toEqual([]);
  });

  it.each([
    ["upwards out of the tree", { "a/l.yaml": "../../etc/passwd" }, /leaves the tree, to `..\/..\/etc\/passwd`/],
    ["out of the tree and back", { "l.yaml": "../tree/a/x.yaml" }, /leaves the tree/],
    ["to an absolute path", { "l.yaml": "/etc/passwd" }, /leaves the tree/],
    ["through a link that leaves the tree", { "l.yaml": "m/x", m: "/etc" }, /leaves the tree/],
    ["to nothing", { "l.yaml": "nowhere.yaml" }, /`nowhere.yaml`, which the tree does not hold/],
    ["below a file", { "l.yaml": "a/x.yaml/y" }, /does not hold/],
    ["to itself", { "l.yaml": "l.yaml" }, /leads back to itself/],
    ["in a circle", { "l.yaml": "m", m: "l.yaml" }, /leads back to itself/],
    ["to the empty text", { "a/l.yaml": "" }, /a folder that contains it/],
  ])("%s adds nothing and is an issue", (_, links, message) => {
    const { added, issues } = follow(["a/x.yaml"], links);
    expect(added).toEqual([]);
    expect(issues.find((issue) => issue.subject?.endsWith("l.yaml"))).toMatchObject({
      code: "SYMLINK",
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ["l.yaml", true],
    ["folder", true],
    ["picture.png", false],
  ])("that is broken hides content where its name, `%s`, can be a manifest's or a folder's: %s", (path, hides) => {
    expect(follow([], { [path]: "../x" }).issues).toMatchObject([
      { hides, subject: path, at: { file: path, line: 0 } },
    ]);
  });

  it("to a folder around it is told once and hides nothing, since the folder is read", () => {
    const { added, issues } = follow(["a/x.yaml"], { "a/loop": ".." });
    expect(added).toEqual([]);
    expect(issues).toMatchObject([{ code: "SYMLINK", severity: "warning", hides: false }]);
  });

  it("between two folders that link to each other ends", () => {
    const { added } = follow(["a/x.yaml", "b/y.yaml"], { "a/b": "../b", "b/a": "../a" });
    expect(added).toEqual([
      "a/b/a/x.yaml -> a/x.yaml",
      "a/b/y.yaml -> b/y.yaml",
      "b/a/b/y.yaml -> b/y.yaml",
      "b/a/x.yaml -> a/x.yaml",
    ]);
  });

  it("to a folder with a broken link in it is told under its own name too, which a configuration may speak of", () => {
    const { issues } = follow(["a/x.yaml"], { "prod/base": "../a", "a/l.yaml": "/etc/passwd" });
    expect(issues.map((issue) => issue.subject)).toEqual(["a/l.yaml", "prod/base/l.yaml"]);
  });

  it("to a folder with a submodule in it is told under its own name too", () => {
    const sub: TreeEntry = { path: "a/sub", blob: "1", kind: "submodule", size: undefined };
    const { issues } = followLinks([sub], [{ path: "l", target: "a" }]);
    expect(issues).toMatchObject([{ subject: "l/sub", hides: true }]);
  });

  it("among links that double at every level ends at a limit, as an issue that hides content", () => {
    const links: Record<string, string> = {};
    for (let level = 0; level < 30; level++)
      for (const side of ["a", "b"]) links[`${level}/${side}`] = `../${level + 1}`;
    const { entries, issues } = follow(["30/x.yaml"], links);
    expect(entries.length).toBeLessThanOrEqual(MAX_ALIASES + 1);
    expect(issues.filter((issue) => issue.code === "LIMIT")).not.toEqual([]);
    for (const issue of issues) expect(issue.hides).toBe(true);
  });
});

describe("any set of links", () => {
  const part = fc.constantFrom("a", "b", "c");
  const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  const target = fc
    .array(fc.constantFrom("a", "b", "c", "..", "."), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join("/"));

  it("leads where a real disk says that it leads", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(path, { maxLength: 6 }),
        fc.dictionary(path, target, { maxKeys: 6 }),
        (paths, targets) => {
          const all = [...paths, ...Object.keys(targets)];
          const free = (one: string) =>
            !all.some((other) => other.startsWith(`${one}/`) || one.startsWith(`${other}/`));
          const links = Object.fromEntries(Object.entries(targets).filter(([one]) => free(one)));
          const files = paths.filter((one) => free(one) && !(one in links));
          const root = makeFolder({
            ...Object.fromEntries(files.map((one) => [one, one])),
            ...Object.fromEntries(Object.entries(links).map(([one, link]) => [one, { link }])),
          });
          const { added, issues } = follow(files, links);
          for (const link of Object.keys(links)) {
            const real = onDisk(root, link);
            if (real?.kind === "file") expect(added).toContain(`${link} -> ${real.path}`);
            else if (real === undefined || link.startsWith(`${real.path}/`) || real.path === "")
              expect(issues.map((issue) => issue.subject)).toContain(link);
            else expect(issues.map((issue) => issue.subject)).not.toContain(link);
          }
        },
      ),
      { seed: 20260102, numRuns: 200 },
    );
  });
});

/** What a link of a directory leads to, as a path below `root`; undefined for nothing or something outside. */
function onDisk(root: string, link: string): { readonly kind: "file" | "folder"; readonly path: string } | undefined {
  try {
    const real = realpathSync(join(root, link));
    if (real !== root && !real.startsWith(`${root}/`)) return undefined;
    return { kind: statSync(real).isFile() ? "file" : "folder", path: real.slice(root.length + 1) };
  } catch {
    return undefined;
  }
}
