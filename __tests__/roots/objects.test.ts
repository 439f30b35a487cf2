import { describe, expect, test } from "vitest";
import { deployed } from "../../src/roots/deployed.ts";
import { execute } from "../../src/roots/execute.ts";
import { objectsOfSide } from "../../src/roots/objects.ts";
import { deployment, type Files, freshFolder, hasKustomize, kustomization, planOf, policy, tools } from "./folders.ts";

async function read(files: Files) {
  const planned = planOf({}, files);
  const found = deployed(
    planned,
    await execute(planned, { tools, scratch: freshFolder(), proxies: {}, everything: true }),
  );
  const changed = new Set(Object.keys(files));
  return found.clusters.map((cluster) =>
    objectsOfSide(planned.trees.head, cluster.head, { cache: new Map(), changed }),
  );
}

const named = (all: Awaited<ReturnType<typeof read>>): string[] =>
  all.flatMap(({ objects }) =>
    objects.map(({ ref, source, defaultNamespace: given }) => {
      const namespace = ref.namespace || (given === undefined ? "" : `(${given.name}${given.forced ? "!" : ""})`);
      return `${ref.kind} ${namespace}/${ref.name} ${source.file}:${source.line}`;
    }),
  );

describe.skipIf(!hasKustomize)(
  `the objects of a cluster${hasKustomize ? "" : " (skipped: no kustomize in PATH)"}`,
  () => {
    test("are those of raw files and of roots, with the places of their sources", async () => {
      const found = await read({
        "raw.yaml": policy("raw"),
        "app/kustomization.yaml": `namespace: prod\n${kustomization("np.yaml", "web.yaml")}`,
        "app/np.yaml": policy("a", "dev"),
        "app/web.yaml": deployment("web"),
      });
      expect(named(found)).toEqual([
        "NetworkPolicy /raw raw.yaml:2",
        "Deployment prod/web app/web.yaml:2",
        "NetworkPolicy prod/a app/np.yaml:2",
      ]);
      expect(found[0]?.issues.map(({ message }) => message)).toEqual([
        "`NetworkPolicy prod/a` is written for the namespace `dev`, and `app/kustomization.yaml:1` overrules it",
      ]);
      expect([...(found[0]?.rendered.values() ?? [])].map(({ source }) => source.file).sort()).toEqual([
        "app/np.yaml",
        "app/web.yaml",
      ]);
    });

    test("are the policies alone where a root cannot be rendered, in the namespace that is put over them", async () => {
      const found = await read({
        "app/kustomization.yaml": `namespace: prod\n${kustomization("np.yaml", "web.yaml", "gone.yaml")}`,
        "app/np.yaml": policy("a", "dev"),
        "app/web.yaml": deployment("web"),
      });
      expect(named(found)).toEqual(["NetworkPolicy dev/a app/np.yaml:2"]);
      expect(found[0]?.objects[0]?.defaultNamespace).toEqual({ name: "prod", forced: true });
    });

    test("have the namespace that Argo CD gives to those that name none", async () => {
      const application =
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec: {source: {path: web}, destination: {namespace: shop}}\n";
      expect(named(await read({ "a.yaml": application, "web/np.yaml": policy("a") }))).toEqual([
        "NetworkPolicy (shop)/a web/np.yaml:2",
      ]);
    });
  },
);
