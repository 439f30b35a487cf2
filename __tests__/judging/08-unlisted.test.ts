import { describe, expect, test } from "vitest";
import { CLOSED, hasKustomize, kustomization, OPEN, pods, policy, reviewed, verdict } from "./rendered.ts";

const files = {
  "app/db.yaml": pods("db"),
  "app/closed.yaml": CLOSED,
  "app/open.yaml": policy("{ podSelector: {}, ingress: [{}] }", "open"),
};
const listing = (...names: readonly string[]) => ({ "app/kustomization.yaml": kustomization("db.yaml", ...names) });
const why = hasKustomize ? "" : " (skipped: no kustomize in PATH)";

describe.skipIf(!hasKustomize)(`judging 8: a manifest that no kustomization lists is not deployed${why}`, () => {
  test("a policy that is unlisted and not deleted no longer protects, which is a failure", async () => {
    const before = { ...files, ...listing("closed.yaml") };
    expect(await verdict(before, { ...files, ...listing() })).toEqual(["failure", "ORPHAN warning"]);
  });

  test("a policy that is listed from now on is read, and opens", async () => {
    const before = { ...files, ...listing("closed.yaml") };
    expect(await verdict(before, { ...files, ...listing("closed.yaml", "open.yaml") })).toEqual([
      "failure",
      "ORPHAN warning",
    ]);
  });

  test("a policy that leaves for a folder that no kustomization takes leaves no answer", async () => {
    const before = { ...files, ...listing("closed.yaml") };
    const { "app/closed.yaml": closed, ...others } = files;
    const after = { ...others, ...listing(), "attic/closed.yaml": closed };
    expect(await verdict(before, after)).toEqual(["error", "NOT_ANALYSED error"]);
    const copied = { ...files, ...listing(), "attic/closed.yaml": closed };
    expect(await verdict({ ...before, "attic/closed.yaml": closed }, copied)).toEqual(
      expect.arrayContaining(["error", "NOT_ANALYSED error"]),
    );
  });

  test("a configuration says itself which files are deployed", async () => {
    const config = {
      ".github/netpol-review.yml":
        "version: 1\nclusters: [{ name: prod, manifests: [attic/**, { kustomize: app }] }]\nprotected: [{ name: db, to: { namespace: a, pods: { app: db } } }]\n",
    };
    const before = { ...config, ...files, ...listing("closed.yaml") };
    const { "app/closed.yaml": closed, ...others } = files;
    const after = { ...config, ...others, ...listing(), "attic/closed.yaml": closed };
    expect((await verdict(before, after))[0]).toBe("success");
  });

  test("an orphan that changes is listed and changes no flow", async () => {
    const before = { ...files, ...listing("closed.yaml") };
    const report = await reviewed(before, { ...before, "app/open.yaml": OPEN });
    expect([report.conclusion, report.clusters.flatMap(({ groups }) => groups)]).toEqual(["success", []]);
    const orphans = [...report.issues, ...report.clusters.flatMap(({ issues }) => issues)].filter(
      ({ code }) => code === "ORPHAN",
    );
    expect(orphans.map(({ at }) => at?.file)).toEqual(["app/open.yaml"]);
  });
});
