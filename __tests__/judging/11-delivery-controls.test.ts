import { describe, expect, test } from "vitest";
import { CLOSED, pods, policy, verdict } from "./rendered.ts";

const flux = (more: string) =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: app, namespace: flux-system }\nspec: { path: ./app, prune: true, sourceRef: { kind: GitRepository, name: repo }${more} }\n`;
const argo = (more: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: app, namespace: argocd }\nspec: { source: { repoURL: https://example.com/r.git, path: app${more} }, destination: { namespace: a } }\n`;
const app = { "app/db.yaml": pods("db"), "app/closed.yaml": CLOSED };

describe("judging 11: a field of Flux or Argo CD is applied, known to be without effect, or leaves no answer", () => {
  test.each([
    ["Flux `interval` decides nothing", flux(""), flux(", interval: 1h"), "success"],
    ["Flux `suspend`", flux(""), flux(", suspend: true"), "error"],
    ["a field of Flux that nobody knows", flux(""), flux(", magic: 1"), "error"],
    ["Flux `kubeConfig`", flux(""), flux(", kubeConfig: { secretRef: { name: x } }"), "error"],
    ["a plugin of Argo CD", argo(""), argo(", plugin: { name: x }"), "error"],
  ])("%s", async (_, before, after, conclusion) => {
    const [found] = await verdict({ ...app, "delivery.yaml": before }, { ...app, "delivery.yaml": after });
    expect(found).toBe(conclusion);
  });

  test("a file that Argo CD is told to leave out no longer protects", async () => {
    const left = argo(", directory: { exclude: closed.yaml }");
    const told = await verdict({ ...app, "delivery.yaml": argo("") }, { ...app, "delivery.yaml": left });
    expect(told[0]).toBe("failure");
  });

  test("overrides of Argo CD that come", async () => {
    const before = { ...app, "delivery.yaml": argo("") };
    const file = "app/.argocd-source-app.yaml";
    expect((await verdict(before, { ...before, [file]: "directory: { exclude: '*' }\n" }))[0]).toBe("error");
  });

  test("a .sourceignore that comes, where nothing else differs", async () => {
    const before = { ...app, "delivery.yaml": flux("") };
    expect(await verdict(before, { ...before, ".sourceignore": "closed.yaml\n" })).toEqual([
      "error",
      "NOT_ANALYSED error",
    ]);
  });

  const files = [
    ["Flux delivers", flux("")],
    ["Argo CD delivers", argo("")],
    ["nobody knows who delivers", "# nobody\n"],
  ] as const;
  const controls = [
    ["`reconcile: disabled`", "annotations: { kustomize.toolkit.fluxcd.io/reconcile: disabled }"],
    ["`reconcile: disabled` as a label", "labels: { kustomize.toolkit.fluxcd.io/reconcile: disabled }"],
    ["`ssa: Ignore` as a label", "labels: { kustomize.toolkit.fluxcd.io/ssa: Ignore }"],
    ["a hook of Helm", "annotations: { helm.sh/hook: pre-install }"],
    ["a hook of Argo CD", "annotations: { argocd.argoproj.io/hook: PreSync }"],
  ] as const;
  test.each(files.flatMap((file) => controls.map((control) => [...file, ...control] as const)))(
    "a policy that $0 says $2 from now on",
    async (_, delivery, __, said) => {
      const after = policy("{ podSelector: {}, policyTypes: [Ingress] }", "p", `, ${said}`);
      const before = { ...app, "delivery.yaml": delivery };
      expect(await verdict(before, { ...before, "app/closed.yaml": after })).toEqual(["error", "NOT_ANALYSED error"]);
    },
  );

  test("a Job that is a hook is one by trade", async () => {
    const job = `apiVersion: batch/v1\nkind: Job\nmetadata: { name: j, namespace: a, annotations: { helm.sh/hook: pre-install } }\nspec: { template: { spec: { containers: [{ name: c, image: i }], restartPolicy: Never } } }\n`;
    expect((await verdict(app, { ...app, "job.yaml": job }))[0]).toBe("changed");
  });

  test("what says it on both sides is as it was", async () => {
    const said = (more: string) =>
      policy(`{ podSelector: {}${more}, policyTypes: [Ingress] }`, "p", ", annotations: { helm.sh/hook: pre-install }");
    const before = { ...app, "app/closed.yaml": said("") };
    expect(await verdict(before, { ...before, "app/closed.yaml": said(", ingress: []") })).toEqual(["success"]);
  });

  describe("a policy that no delivery takes any more leaves no answer, though its file is still there", () => {
    const LOST = ["error", "NOT_ANALYSED error"];
    const there = { ...app, "delivery.yaml": argo("") };
    const without = (files: Readonly<Record<string, string>>, path: string) =>
      Object.fromEntries(Object.entries(files).filter(([name]) => name !== path));

    test("the path of an Application leads to a folder without it", async () => {
      const moved = {
        ...there,
        "new/db.yaml": pods("db"),
        "delivery.yaml": argo("").replace("path: app", "path: new"),
      };
      expect(await verdict(there, moved)).toEqual(expect.arrayContaining(LOST));
    });

    test.each(["attic", "app/inner"])("its file moves to %s", async (folder) => {
      const moved = { ...without(there, "app/closed.yaml"), [`${folder}/closed.yaml`]: CLOSED };
      expect(await verdict(there, moved)).toEqual(LOST);
    });

    test("its file moves within the folder, or another delivery takes it", async () => {
      const renamed = { ...without(there, "app/closed.yaml"), "app/shut.yaml": CLOSED };
      expect(await verdict(there, renamed)).toEqual(["success"]);
      const other = argo("").replace("name: app", "name: other").replace("path: app", "path: other");
      const taken = { ...without(there, "app/closed.yaml"), "other/closed.yaml": CLOSED, "other.yaml": other };
      expect((await verdict(there, taken))[0]).toBe("success");
    });

    test("a copy of it comes", async () => {
      expect((await verdict(there, { ...there, "attic/closed.yaml": CLOSED }))[0]).toBe("success");
    });

    test("a workload may leave", async () => {
      const moved = { ...without(there, "app/db.yaml"), "attic/db.yaml": pods("db") };
      expect(await verdict(there, moved)).toEqual(["success"]);
    });

    test("nothing says any more what is deployed: every file is", async () => {
      expect((await verdict(there, without(there, "delivery.yaml")))[0]).toBe("success");
    });

    test("what never was taken may move", async () => {
      const raw = { "delivery.yaml": argo(""), "app/db.yaml": pods("db"), "raw/closed.yaml": CLOSED };
      const moved = { ...without(raw, "raw/closed.yaml"), "cooked/closed.yaml": CLOSED };
      expect(await verdict(raw, moved)).toEqual(["success"]);
    });
  });
});
