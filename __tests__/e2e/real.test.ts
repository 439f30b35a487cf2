import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { faultsOf } from "../report/markdown-checker.ts";
import { run } from "./run.ts";
import { pullEvent, startWorld } from "./world.ts";

const REAL = join(process.env.NETPOL_SHARED_DIR ?? resolve(import.meta.dirname, "../../../shared"), "real");
const skipReason = existsSync(REAL) ? "" : " (skipped: no real trees beside the repository)";

/** Files of a folder; `undefined` for those that only `other` has, so that a commit removes them. */
function filesIn(folder: string, other: string): Record<string, Uint8Array | undefined> {
  const list = (root: string) =>
    readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(root, name)).isFile());
  const gone = list(other).map((name) => [name, undefined] as const);
  return {
    ...Object.fromEntries(gone),
    ...Object.fromEntries(list(folder).map((name) => [name, readFileSync(join(folder, name))])),
  };
}

const PAIRS = [
  ["argocd-ingress-policies-added", "changed"],
  ["eso-ipblock-added", "changed"],
  ["kubeprom-version-bump-noop", "success"],
  ["moj-wrong-namespace-fixed", "changed"],
  ["nslister-or-to-and", "changed"],
  ["sockshop-label-rename", "changed"],
] as const;

describe.skipIf(skipReason !== "")(`pull requests that somebody really made${skipReason}`, () => {
  test.each(PAIRS)("%s is reviewed and ends in `%s`", async (name, conclusion) => {
    const [base, head] = [join(REAL, name, "base"), join(REAL, name, "head")];
    const world = await startWorld({
      "k8s/db.yaml": undefined,
      "k8s/workloads.yaml": undefined,
      ".github/netpol-review.yml": undefined,
      ...filesIn(base, head),
    });
    const { exit, outputs, stderr } = await run(world, pullEvent(world.pull(filesIn(head, base))));
    const bodies = world.fake.state.comments.map(({ body }) => body.replaceAll(world.git.url, "https://github.com"));
    await world.close();
    expect({ exit, stderr, conclusion: outputs.get("conclusion") }).toEqual({ exit: 0, stderr: "", conclusion });
    expect(bodies).toHaveLength(conclusion === "success" ? 0 : 1);
    for (const body of bodies) expect(faultsOf(body.split("\n").slice(1).join("\n"))).toEqual([]);
  });
});
