import fc from "fast-check";
import { describe, expect } from "vitest";
import { run } from "../e2e/run.ts";
import { exampleFiles, pullEvent, scenario, type World } from "../e2e/world.ts";
import { newPull } from "../github/fake/state.ts";
import { mischief } from "./mischief.ts";
import { mergeOf, type OddFile, oddCommit } from "./odd-commit.ts";
import { sharpText } from "./sharp.ts";
import { layTrap } from "./trap.ts";

const TREES = 16;
/** A loaded machine may take ten times as long as an idle one. */
const TIMEOUT_MS = 300_000;
const SEED = 20_260_101;

const examples = Object.values(exampleFiles());
const kinds = [
  "Pod",
  "Deployment",
  "NetworkPolicy",
  "Namespace",
  "Service",
  "AdminNetworkPolicy",
  "CiliumNetworkPolicy",
  "Kustomization",
];
const groups = [
  "v1",
  "apps/v1",
  "networking.k8s.io/v1",
  "policy.networking.k8s.io/v1alpha1",
  "cilium.io/v2",
  "kustomize.config.k8s.io/v1beta1",
];

/** Any JSON, with sharp texts among its keys and values. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    sharpText,
    fc.constantFrom<unknown>(null, true, -1, 1e308, 65_536, "", {}, []),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(sharpText, fc.constantFrom("podSelector", "matchLabels", "from", "ports", "port", "cidr", "name")),
      tie("value"),
      { maxKeys: 4 },
    ),
  ),
}));

/** An object that looks like one of Kubernetes' and holds whatever. */
const odd = fc
  .record({
    apiVersion: fc.constantFrom(...groups),
    kind: fc.constantFrom(...kinds),
    metadata: value,
    spec: value,
    x: value,
  })
  .map((object) => JSON.stringify(object));

/** An object that Kubernetes would take, with sharp texts where it has strings. */
const policy = fc
  .record({
    name: sharpText,
    labels: fc.dictionary(sharpText, sharpText, { maxKeys: 3 }),
    port: fc.oneof(fc.integer(), sharpText),
  })
  .map(({ name, labels, port }) =>
    JSON.stringify({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name, namespace: "production", annotations: labels },
      spec: {
        podSelector: { matchLabels: labels },
        ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: labels } }], ports: [{ port }] }],
      },
    }),
  );

/** An example with sharp text in the middle of it. */
const torn = fc
  .tuple(fc.constantFrom(...examples), fc.nat(2000), sharpText)
  .map(([text, at, piece]) => text.slice(0, at % text.length) + piece + text.slice(at % text.length));

const content = fc.oneof(
  odd,
  policy,
  torn,
  sharpText,
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
);

const component = sharpText
  .map((text) => text.replaceAll("\0", "").replaceAll("/", "_").slice(0, 60))
  .filter((text) => !["", ".", ".."].includes(text) && !/^\.git/i.test(text));
const name = fc.oneof(
  fc.tuple(component, fc.constantFrom(".yaml", ".yml", ".json", "")).map(([stem, end]) => `k8s/${stem}${end}`),
  fc.constantFrom(
    "k8s/db.yaml",
    "k8s/kustomization.yaml",
    "k8s/Chart.yaml",
    ".github/netpol-review.yml",
    ".github/workflows/review.yml",
  ),
  fc.tuple(component, component).map((parts) => `${parts.join("/")}.yaml`),
);
const entry: fc.Arbitrary<OddFile> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ path: name, mode: fc.constantFrom("100644", "100755"), data: content }) },
  {
    weight: 1,
    arbitrary: fc.record({
      path: name,
      mode: fc.constant("120000"),
      data: sharpText.filter((text) => !text.includes("\0")),
    }),
  },
  { weight: 1, arbitrary: fc.record({ path: name, mode: fc.constant("160000"), data: fc.constant("1".repeat(40)) }) },
);

/** Trees of files, none of which stands where another has a folder. */
const trees = fc.sample(
  fc.array(entry, { minLength: 20, maxLength: 40 }).map((files) => {
    const kept = new Map<string, OddFile>();
    for (const file of files) {
      const path = String(file.path);
      if (![...kept.keys()].some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`)))
        kept.set(path, file);
    }
    return [...kept.values()];
  }),
  { seed: SEED, numRuns: TREES },
);

async function reviewed(world: World, files: readonly OddFile[], number: number) {
  const { origin, fake } = world;
  const base = origin.git("rev-parse", "main");
  const head = oddCommit(origin, `odd-${number}`, base, files);
  const merge = mergeOf(origin, number, base, head);
  fake.state.pulls.set(number, newPull(number, { head, mergeCommit: merge }));
  return run(world, pullEvent({ number, branch: `odd-${number}`, head, merge, base }), {
    variables: { NODE_OPTIONS: "--max-old-space-size=512", RUNNER_DEBUG: "1" },
  });
}

describe(`${TREES} hostile trees, seed ${SEED}`, () => {
  scenario(
    "each is judged within bounds, starts nothing, and no output of it is anything but text",
    { timeout: TIMEOUT_MS },
    async ({ world }) => {
      const trap = layTrap();
      const conclusions = new Set<string>();
      for (const [index, files] of trees.entries()) {
        const done = await reviewed(world, files, index + 1);
        expect({ index, faults: mischief(world, done) }).toEqual({ index, faults: [] });
        expect(done.ms).toBeLessThan(60_000);
        expect(done.log).not.toContain("internal error");
        conclusions.add(done.outputs.get("conclusion") ?? "");
      }
      expect(trap.sprung()).toEqual([]);
      expect([...conclusions]).not.toContain("success");
    },
  );
});
