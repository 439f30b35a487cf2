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

  test.each([
    ["`reconcile: disabled`", "kustomize.toolkit.fluxcd.io/reconcile: disabled"],
    ["a hook of Helm", "helm.sh/hook: pre-install"],
    ["a hook of Argo CD", "argocd.argoproj.io/hook: PreSync"],
  ])("a policy that says %s from now on", async (_, annotation) => {
    const said = policy("{ podSelector: {}, policyTypes: [Ingress] }", "p", `, annotations: { ${annotation} }`);
    const before = { ...app, "delivery.yaml": flux("") };
    expect((await verdict(before, { ...before, "app/closed.yaml": said }))[0]).toBe("error");
  });
});
