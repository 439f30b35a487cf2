import { describe, expect, it } from "vitest";
import type { Issue } from "../../src/errors.ts";
import { buildCluster } from "../../src/manifest/cluster.ts";
import { needed, neededWhenChanged } from "../../src/manifest/kinds.ts";
import {
  isManifestPath,
  type LoadEntry,
  type LoadTreeOptions,
  loadTree,
  type ObjectCache,
  type Readable,
} from "../../src/manifest/load-tree.ts";
import { readObjects } from "../../src/manifest/objects.ts";
import { readDocuments } from "../../src/manifest/yaml/read.ts";
import { OPTIONS } from "./context.ts";

const NP =
  "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: p\n  namespace: ns\nspec:\n  podSelector: {}\n";
const CM = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  x: |\n    kind: NetworkPolicy\n";

const DEPLOYMENT =
  "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\n  namespace: ns\nspec:\n  selector:\n    matchLabels:\n      app: a\n  template:\n    metadata:\n      labels:\n        app: a\n    spec:\n      containers:\n        - name: c\n          image: i\n          env:\n            - name: X\n              value: '1'\n";

class Files implements Readable<LoadEntry> {
  readonly asked: string[] = [];
  readonly entries: readonly LoadEntry[];
  readonly #files: ReadonlyMap<string, string>;

  constructor(files: Readonly<Record<string, string>>) {
    this.#files = new Map(Object.entries(files));
    this.entries = [...this.#files].map(([path, text]) => ({ path, blob: text, kind: "file" as const }));
  }

  read(entries: readonly LoadEntry[], visit: (entry: LoadEntry, bytes: Uint8Array | Issue) => void): void {
    for (const entry of entries) {
      this.asked.push(entry.path);
      visit(entry, Buffer.from(this.#files.get(entry.path) ?? ""));
    }
  }
}

function load(tree: Files, cache: ObjectCache = new Map(), options: Partial<LoadTreeOptions> = {}) {
  return loadTree(tree, tree.entries, cache, { changed: new Set(), ...options });
}

describe("loading a tree", () => {
  it("YAML and JSON are manifests, and nothing below .git or .github", () => {
    const paths = ["a.yaml", "b/c.yml", "d.json", ".hidden/e.YAML", "f.txt", ".git/g.yaml", "h/.github/i.yml", "yaml"];
    expect(paths.filter(isManifestPath)).toEqual(["a.yaml", "b/c.yml", "d.json", ".hidden/e.YAML"]);
  });

  it("a file that the configuration lists is read whatever its name", () => {
    const tree = new Files({ "a.tmpl": NP });
    expect(load(tree).objects).toEqual([]);
    expect(load(tree, new Map(), { listed: new Set(["a.tmpl"]) }).objects).toHaveLength(1);
  });

  it.each(["Deployment", "Secret"])("items are read in an unchanged file, whatever has them: a %s", (kind) => {
    const item = NP.trimEnd().replace(/^/gm, "  ").replace("  ", "- ");
    const { objects } = load(
      new Files({ "a.yaml": `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: a}\nitems:\n${item}\n` }),
    );
    expect(objects.map(({ ref }) => ref.name)).toEqual(["p"]);
  });

  it("equal files are read once for both sides, and give the same objects", () => {
    const cache: ObjectCache = new Map();
    const [base, head] = [
      new Files({ "a.yaml": NP, "b.yaml": NP }),
      new Files({ "a.yaml": NP, "b.yaml": `${NP}# more\n` }),
    ];
    const first = load(base, cache);
    const second = load(head, cache);
    expect([base.asked, head.asked]).toEqual([["a.yaml", "b.yaml"], ["b.yaml"]]);
    expect(second.objects[0]).toBe(first.objects[0]);
    expect(second.objects[1]).not.toBe(first.objects[1]);
  });

  it("files, documents and skipped documents are counted", () => {
    const text = `${NP}---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\n`;
    expect(load(new Files({ "a.yaml": text, "b.yaml": CM, "c.txt": NP })).counts).toEqual({
      files: 2,
      documents: 3,
      skipped: 2,
    });
  });

  it("a changed file is read whole, text in ConfigMaps as well", () => {
    const codes = (changed: ReadonlySet<string>) =>
      load(new Files({ "a.yaml": CM }), new Map(), { changed }).issues.map(({ code }) => code);
    expect(codes(new Set())).toEqual([]);
    expect(codes(new Set(["a.yaml"]))).toEqual(["NOT_ANALYSED"]);
  });

  it("read whole or in part, a file gives the same objects", () => {
    const text = `${NP}---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\nspec:\n  selector:\n    matchLabels:\n      app: a\n  template:\n    metadata:\n      labels:\n        app: a\n    spec:\n      containers:\n        - name: c\n          image: i\n          env:\n            - name: X\n              value: "1"\n`;
    const refs = (changed: ReadonlySet<string>) =>
      load(new Files({ "a.yaml": text }), new Map(), { changed }).objects.map(({ ref, source }) => [ref, source]);
    expect(refs(new Set(["a.yaml"]))).toEqual(refs(new Set()));
  });

  it("what was read of a tree makes the same cluster as its whole text", () => {
    const text = `${NP.replace("{}\n", "{}\n  ingress:\n  - ports:\n    - {port: 80, endPort: 90}\n")}---\n${DEPLOYMENT}`;
    const { documents } = readDocuments(Buffer.from(text), "a.yaml");
    const whole = readObjects(
      documents.map(({ node }) => node),
      { file: "a.yaml", blob: text },
    );
    for (const cni of [undefined, "weave-net", "calico", "cilium", "flannel"]) {
      const options = { ...OPTIONS, cni };
      const counts = { files: 1, documents: 2, skipped: 0 };
      const { policies, workloads, deviations } = buildCluster({ ...whole, counts }, options);
      const loaded = buildCluster({ ...load(new Files({ "a.yaml": text })), counts }, options);
      expect([loaded.policies, loaded.workloads, loaded.deviations]).toEqual([policies, workloads, deviations]);
    }
  });

  it("a namespace that a place gives stands beside the one that an object has", () => {
    const { objects } = load(new Files({ "a.yaml": NP }), new Map(), {
      namespaceOf: () => ({ name: "forced", forced: true }),
    });
    expect(objects.map(({ defaultNamespace }) => defaultNamespace)).toEqual([{ name: "forced", forced: true }]);
  });

  it("what cannot be read is an issue of the tree", () => {
    const issue: Issue = { code: "UNREADABLE", severity: "error", at: { file: "a.yaml", line: 0 }, message: "gone" };
    const tree: Readable<LoadEntry> = {
      read: (entries, visit) => {
        for (const entry of entries) visit(entry, issue);
      },
    };
    const entries: LoadEntry[] = [
      { path: "a.yaml", blob: "1", kind: "file" },
      { path: "m", blob: "2", kind: "submodule" },
    ];
    expect(loadTree(tree, entries, new Map(), { changed: new Set() })).toMatchObject({
      objects: [],
      issues: [issue],
      counts: { files: 0 },
    });
  });
});

describe("which documents are needed", () => {
  it("kinds that matter, their lists, placeholders and policies without a kind; nothing else", () => {
    const yes = [
      ["NetworkPolicy", "example.com/v1"],
      ["networkpolicy", ""],
      ["List", "v1"],
      ["PodList", "v1"],
      ["Rollout", "argoproj.io/v1alpha1"],
      ["{{ .kind }}", "apps/v1"],
      ["", "networking.k8s.io/v1"],
    ];
    const no = [
      ["ConfigMap", "v1"],
      ["Secret", "v1"],
      ["CustomResourceDefinition", "apiextensions.k8s.io/v1"],
      ["ConfigMapList", "v1"],
      ["", "v1"],
      ["", ""],
    ];
    const ask = ([kind = "", apiVersion = ""]: readonly string[]) => needed(kind, apiVersion);
    expect([yes.map(ask), no.map(ask)]).toEqual([yes.map(() => true), no.map(() => false)]);
    expect([neededWhenChanged("ConfigMap", "v1"), neededWhenChanged("Secret", "v1")]).toEqual([true, false]);
  });
});
