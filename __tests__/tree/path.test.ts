import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  comparePaths,
  decodeList,
  decodePath,
  encodePath,
  isManifestName,
  isPlain,
  mayHoldManifests,
} from "../../src/tree/path.ts";

const SEED = { seed: 20260101 };
const name = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0))),
  fc.constantFrom("a\\b", "\\377", "\\\\377", "a\\\\b", "k8s/ü.yaml", "\ufffd").map((text) => Buffer.from(text)),
);

describe("a path's text", () => {
  it.each([
    ["plain text stays", Buffer.from("k8s/db.yaml"), "k8s/db.yaml"],
    ["UTF-8 stays", Buffer.from("k8s/ü.yaml"), "k8s/ü.yaml"],
    ["a byte that is not UTF-8 is written as git quotes it", Buffer.from([0x6b, 0xff, 0x2f, 0x61]), "k\\377/a"],
    ["a broken character does not swallow the slash after it", Buffer.from([0xc3, 0x2f, 0x61]), "\\303/a"],
    ["a backslash stays where nothing could mistake it", Buffer.from("a\\b"), "a\\b"],
    ["a name that looks escaped is escaped itself", Buffer.from("a\\377"), "a\\\\377"],
  ])("%s", (_, bytes, text) => {
    expect(decodePath(bytes)).toBe(text);
    expect(encodePath(text)).toEqual(bytes);
  });

  it("leads back to its bytes, so that no two names share a text", () => {
    const leadsBack = fc.property(name, (bytes) => {
      expect(encodePath(decodePath(bytes))).toEqual(bytes);
    });
    fc.assert(leadsBack, SEED);
  });

  it("is the same alone and in a list", () => {
    fc.assert(
      fc.property(fc.array(name.filter((bytes) => bytes.length > 0)), (names) => {
        const list = Buffer.concat(names.flatMap((bytes) => [bytes, Buffer.from([0])]));
        expect(decodeList(list)).toEqual(names.map(decodePath));
      }),
      SEED,
    );
  });
});

describe("the order of paths", () => {
  it("keeps a folder's files together, before its longer-named neighbours", () => {
    const paths = ["a/b", "a/c/d", "a-b/c", "a.yaml", "ab"];
    expect([...paths].reverse().sort(comparePaths)).toEqual(paths);
  });

  it("is that of the lists of components", () => {
    const path = fc.array(fc.constantFrom("a", "b", "a-", "a.", "ä"), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, path, (a, b) => {
        const i = a.findIndex((part, index) => part !== b[index]);
        const expected = i < 0 ? a.length - b.length : b[i] === undefined ? 1 : (a[i] ?? "") < (b[i] ?? "") ? -1 : 1;
        expect(Math.sign(comparePaths(a.join("/"), b.join("/")))).toBe(Math.sign(expected));
      }),
      SEED,
    );
  });
});

describe("what a path may be", () => {
  it.each(["", "..", "a/../b", "./a", "a//b", "/a", "a/", ".git", "a/.git/config", "a/.GIT/x"])(
    "`%s` is not plain",
    (path) => {
      expect(isPlain(path)).toBe(false);
    },
  );

  it.each([".github/a.yaml", "a/.gitignore", "..a/b", "a..b", ".hidden", "..."])("`%s` is plain", (path) => {
    expect(isPlain(path)).toBe(true);
  });

  it.each([
    ["a.yaml", true, true],
    ["a.YML", true, true],
    ["a.json", true, true],
    ["charts", false, true],
    ["charts/v1.2", false, true],
    [".hidden", false, true],
    ["a.md", false, false],
    ["a.yaml.png", false, false],
  ])("`%s`: a manifest's name %s, may hold manifests %s", (path, manifest, may) => {
    expect([isManifestName(path), mayHoldManifests(path)]).toEqual([manifest, may]);
  });
});
