import { describe, expect, test } from "vitest";
import { CLOSED, hasKustomize, kustomization, pods, verdict } from "./rendered.ts";

const app = {
  "app/kustomization.yaml": kustomization("db.yaml", "closed.yaml"),
  "app/db.yaml": pods("db"),
  "app/closed.yaml": CLOSED,
};
const why = hasKustomize ? "" : " (skipped: no kustomize in PATH)";
const patch =
  "$patch: delete\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p, namespace: a }\n";

describe.skipIf(!hasKustomize)(`judging 9: roots are those of base and head together${why}`, () => {
  test("a new overlay that wraps the old root and deletes its policy is a cluster beside it, and no way around it", async () => {
    const around = {
      "wrap/kustomization.yaml": "resources: [../app]\npatches: [{ path: delete.yaml }]\n",
      "wrap/delete.yaml": patch,
    };
    const [conclusion] = await verdict(app, { ...app, ...around });
    expect(conclusion).not.toBe("success");
    expect(
      await verdict(app, { ...app, ...around, "app/closed.yaml": CLOSED.replace("[Ingress]", "[Egress]") }),
    ).toContain("failure");
  });

  test("a root that gives objects in base and none in head leaves no answer", async () => {
    const emptied = { ...app, "app/kustomization.yaml": "resources: []\n" };
    const told = await verdict(app, emptied);
    expect(told[0]).toMatch(/^(?:error|failure)$/);
    expect(told).toContain("ROOT_EMPTIED error");
  });

  test("a root that head alone cannot build leaves no answer, and one that head repairs is a change", async () => {
    const broken = { ...app, "app/kustomization.yaml": kustomization("db.yaml", "closed.yaml", "gone.yaml") };
    expect(await verdict(app, broken)).toContain("RENDER_FAILED error");
    expect((await verdict(app, broken))[0]).toMatch(/^(?:error|failure)$/);
    expect((await verdict(broken, app))[0]).not.toBe("error");
  });
});
