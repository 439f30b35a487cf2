import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { formatDiffJson } from "../../src/report/json.ts";
import { formatMarkdown } from "../../src/report/markdown.ts";
import { CONFIG_PATH, factsInTrees } from "../../src/review/config-facts.ts";
import { type ReviewInput, review, whatIsRead } from "../../src/review.ts";
import type { Tree } from "../../src/tree/tree.ts";
import { reviewInput } from "../review/input.ts";
import { type Manifest, manifests, ruleOf } from "./manifests.ts";
import { memoryTree } from "./memory-tree.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";

/** Several small trees beside each other, each with namespaces of its own; most without anything unusual. */
const neighbours = fc
  .array(fc.tuple(manifests, fc.integer({ min: 0, max: 4 })), { minLength: 2, maxLength: 5 })
  .map((trees) =>
    trees.map(([tree, mood], i) => placed([...SERVED, ...(mood === 0 ? tree : tree.flatMap(calmed))], i)),
  );

/** What stands in front of pods. */
const SERVED: readonly Manifest[] = [
  { apiVersion: "v1", kind: "Service", metadata: { name: "s", namespace: "one" }, spec: { selector: { app: "a" } } },
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: "one" } },
];

/** The same object without what is left to the decoders. */
function calmed(manifest: Manifest): readonly Manifest[] {
  if (["DaemonSet", "Pod"].includes(String(manifest.kind)) || String(manifest.kind).includes("Admin")) return [];
  const text = JSON.stringify(manifest, (_, value) =>
    value === null || (Array.isArray(value) && value.length === 0) ? undefined : value,
  );
  const plain = text
    .replaceAll(/,?"hostNetwork":true|,"endPort":8100|,?"matchLabels":\{\}/g, "")
    .replaceAll("{,", "{")
    .replaceAll('"port":"dns",', "");
  return [JSON.parse(plain)];
}

/** What becomes of one of them. */
const change = fc.record({
  where: fc.nat(),
  which: fc.nat(),
  how: fc.constantFrom(
    "ingress",
    "egress",
    "rule gone",
    "policy gone",
    "policy comes",
    "others",
    "nothing",
    "release",
    "service",
    "calico",
  ),
  rule: fc.oneof(ruleOf("from"), ownRule("from")),
  out: fc.oneof(ruleOf("to"), ownRule("to")),
  other: manifests,
});

const NO_RULES = "";
const RULES = `version: 1
protected:
  - name: a
    to: { namespace: one-0 , pods: { app: a } }
    allowed:
      - from: { namespace: one-0 , pods: { app: b } }
  - name: b
    from: { namespace: two-1 }
    to: { external: true }
  - name: c
    to: { namespace: one-1 }
    severity: warning
exceptions:
  - rule: a
    from: { namespace: two-1 }
    until: 2027-01-31
    reason: for a while
`;
const config = fc.constantFrom(
  NO_RULES,
  RULES,
  RULES.replace("from: { namespace: two-1 }\n    until", "from: { anywhere: true }\n    until"),
);

/** Names and namespaces that no other tree has, and the name of its namespaces in selectors. */
function placed(tree: readonly Manifest[], i: number): readonly Manifest[] {
  const text = JSON.stringify(tree.filter(({ kind }) => i === 4 || !String(kind).includes("AdminNetworkPolicy")));
  return JSON.parse(text.replaceAll(/"(one|two|undeclared)"/g, `"$1-${i}"`));
}

function ownRule(side: "from" | "to"): fc.Arbitrary<Manifest> {
  return fc
    .record({ app: fc.constantFrom("a", "b"), port: fc.constantFrom(80, "http", 53), all: fc.boolean() })
    .map(({ app, port, all }) => ({
      [side]: [{ podSelector: all ? {} : { matchLabels: { app } } }],
      ports: [{ port }],
    }));
}

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(trees: readonly (readonly Manifest[])[], what: Change): readonly (readonly Manifest[])[] {
  const at = what.where % trees.length;
  return trees.map((tree, i) => (i === at ? placed(edited(tree, what), i) : tree));
}

function edited(tree: readonly Manifest[], { how, which, rule, out, other }: Change): readonly Manifest[] {
  const policies = tree.filter(({ kind }) => kind === "NetworkPolicy");
  const chosen = policies[which % Math.max(1, policies.length)];
  const rest = tree.filter((each) => each !== chosen);
  switch (how) {
    case "nothing":
      return tree;
    case "others":
      return other;
    case "service":
      return tree.map((each) => (each.kind === "Service" ? { ...each, spec: { selector: { tier: "a" } } } : each));
    case "calico":
      return tree.map((each) => JSON.parse(JSON.stringify(each).replace("'a'", "'b'").replace('"Allow"', '"Deny"')));
    case "release":
      return tree.map((each) =>
        JSON.parse(JSON.stringify(each).replace("main:1", "main:2").replace('"replicas":1', '"replicas":3')),
      );
    case "policy comes":
      return [...tree, ...other.filter(({ kind }) => kind === "NetworkPolicy").map(renamed)];
    case "policy gone":
      return rest;
    case "rule gone":
      return chosen === undefined ? tree : [...rest, withSpec(chosen, { ingress: [] })];
    case "ingress":
      return chosen === undefined ? tree : [...rest, withSpec(chosen, { ingress: [rule] })];
    case "egress":
      return chosen === undefined ? tree : [...rest, withSpec(chosen, { egress: [out] })];
  }
}

function renamed(manifest: Manifest): Manifest {
  return JSON.parse(JSON.stringify(manifest).replaceAll(/"name":"(p\d)"/g, '"name":"new-$1"'));
}

function withSpec(policy: Manifest, spec: Manifest): Manifest {
  return { ...policy, spec: { ...(typeof policy.spec === "object" ? policy.spec : {}), ...spec } };
}

/** A file for one to three objects, and the configuration. */
function treeOf(trees: readonly (readonly Manifest[])[], size: number, rules: string): Tree {
  const files: Record<string, string> = rules === "" ? {} : { [CONFIG_PATH]: rules };
  for (const [i, tree] of trees.entries()) {
    for (let at = 0; at < tree.length; at += size) {
      const part = tree.slice(at, at + size);
      files[`${i}/${at}.yaml`] = part.map((each) => stringify(each)).join("---\n");
    }
  }
  return memoryTree(files);
}

function inputOf(base: Tree, head: Tree): ReviewInput {
  return reviewInput(base, head, factsInTrees(base, head, CONFIG_PATH, false));
}

async function said(input: ReviewInput): Promise<string> {
  const report = await review(input);
  return formatDiffJson(report) + formatMarkdown(report, { budget: 60_000, runUrl: "" }).text;
}

describe("files that cannot change an answer", { timeout: TIMEOUT_MS }, () => {
  it("may stay unread: the report says the same, to the byte", async () => {
    const used = { some: 0, all: 0 };
    await fc.assert(
      fc.asyncProperty(neighbours, change, fc.integer({ min: 1, max: 3 }), config, async (trees, what, size, rules) => {
        // The rules are about the tree that changes, or about the one before it.
        const own = rules.replaceAll(/-[01] /g, `-${(what.where + (what.which % 3 === 0 ? 1 : 0)) % trees.length} `);
        const base = treeOf(trees, size, own);
        const head = treeOf(changed(trees, what), size, own);
        const input = inputOf(base, head);
        const [read] = await whatIsRead(input);
        used[read !== undefined && read.base.workloads.length < read.base.counts.workloads ? "some" : "all"]++;
        expect(await said(input)).toBe(await said({ ...input, everything: true }));
      }),
      runs(2),
    );
    expect(used.some).toBeGreaterThan(used.all / 8);
  });
});
