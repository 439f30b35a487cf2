import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ALL_ADDRESSES } from "../../src/sets/addresses.ts";
import { corpus } from "./data.ts";
import { type DiffRow, diffFolders, type ListRow, listFolder, type PipelineOptions } from "./pipeline.ts";
import { rowDifferences, type Said, type Scope } from "./rows.ts";

const DATA = corpus("generated");
const OPTIONS: PipelineOptions = { overrides: { ipBlocks: "external-only" }, representatives: false };
const SCOPE: Scope = { addresses: ALL_ADDRESSES, ignores: () => false };

describe.skipIf(!DATA.isThere)(`a packet-by-packet evaluator agrees${DATA.skipped}`, () => {
  test.each(DATA.names("list"))("on every flow that %s allows, and there is no error", async (name) => {
    const { rows, cluster } = await listFolder(join(DATA.folder("list", name), "manifests"), OPTIONS);
    const expected: readonly ListRow[] = DATA.read("list", name).expected;
    expect(rowDifferences(rows.map(listed), expected.map(listed), SCOPE)).toEqual([]);
    expect(cluster.issues.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test.each(DATA.names("diff"))("on every flow that %s changes, and there is no error", async (name) => {
    const folder = DATA.folder("diff", name);
    const { rows, base, head } = await diffFolders(join(folder, "base"), join(folder, "head"), OPTIONS);
    const expected: readonly DiffRow[] = DATA.read("diff", name).expected;
    expect(rowDifferences(rows.map(changed), expected.map(changed), SCOPE)).toEqual([]);
    expect([...base.issues, ...head.issues].filter(({ severity }) => severity === "error")).toEqual([]);
  });
});

function listed({ src, dst, conn }: ListRow): Said {
  return { src, dst, answer: conn };
}

function changed({ src, dst, base, head, opened, closed, type, note }: DiffRow): Said {
  return { src, dst, answer: `${type}: ${base} -> ${head}, opened ${opened}, closed ${closed} (${note})` };
}
