import { describe, expect, test } from "vitest";
import { CLOSED, hasKustomize, kustomization, pods, verdict } from "./rendered.ts";

const shared = { "db.yaml": pods("db"), "closed.yaml": CLOSED };

describe("judging 16: a file that holds no line of a manifest is none", () => {
  test.each([
    ["a Jinja template", "{% for x in y %}\n- {{ x }}\n{% endfor %}\n"],
    ["a cookiecutter's configuration", "name: {{ cookiecutter.name }}\nversion: {{ v }\n"],
    ["an Ansible playbook", "- hosts: all\n  tasks:\n    - debug: msg={{ x }}\n     bad: indent\n"],
    ["text", "\tkind of a tab\n"],
  ])("%s that does not parse is never an issue", async (_, text) => {
    expect(await verdict(shared, { ...shared, "x.yaml": text })).toEqual(["success"]);
  });

  test.each([
    ["both lines of a manifest", "apiVersion: v1\nkind: Pod\nmetadata: {\n"],
    ["both keys in JSON", '{ "apiVersion": "v1",\n"kind": "Pod",'],
  ])("one that does not parse and holds %s leaves no answer", async (_, text) => {
    expect((await verdict(shared, { ...shared, "x.yaml": text }))[0]).toBe("error");
  });

  test("one that an explicit path names is asked for more", async () => {
    const rules = (manifests: string) => ({
      ".github/netpol-review.yml": `version: 1\nclusters: [{ name: a, manifests: [${manifests}] }]\nprotected: [{ name: db, to: { namespace: a, pods: { app: db } } }]\n`,
    });
    const before = { ...shared, ...rules("'*.yaml'"), "x.yaml": "kind: Pod\n" };
    expect((await verdict(before, { ...before, "x.yaml": "kind: Pod\nmetadata: {\n" }))[0]).toBe("error");
  });

  const why = hasKustomize ? "" : " (skipped: no kustomize in PATH)";
  test.skipIf(!hasKustomize)(`one that a root reaches must parse${why}`, async () => {
    const app = { "app/kustomization.yaml": kustomization("db.yaml"), "app/db.yaml": pods("db"), "app/p.yaml": CLOSED };
    const head = { ...app, "app/kustomization.yaml": kustomization("db.yaml", "x.yaml"), "app/x.yaml": "a: {\n" };
    expect((await verdict(app, head))[0]).toMatch(/^(?:error|failure)$/);
  });
});
