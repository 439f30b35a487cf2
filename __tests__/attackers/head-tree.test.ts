import { describe, expect } from "vitest";
import { type Run, run } from "../e2e/run.ts";
import { CHANGES, exampleFiles, type Pull, pullEvent, scenario, type World } from "../e2e/world.ts";
import { newPull } from "../github/fake/state.ts";
import { mischief } from "./mischief.ts";
import { mergeOf, type OddFile, oddCommit } from "./odd-commit.ts";
import { SHARP } from "./sharp.ts";
import { layTrap } from "./trap.ts";

/** A pull request of exactly these files on top of `main`. */
function oddPull(world: World, files: readonly OddFile[], number = 7): Pull {
  const { origin, fake } = world;
  const base = origin.git("rev-parse", "main");
  const head = oddCommit(origin, `odd-${number}`, base, files);
  const merge = mergeOf(origin, number, base, head);
  fake.state.pulls.set(number, newPull(number, { head, mergeCommit: merge }));
  return { number, branch: `odd-${number}`, head, merge, base };
}

const file = (path: string | Buffer, data: string | Buffer): OddFile => ({ path, mode: "100644", data });

/** A policy that opens `db` to everybody, called as somebody likes. */
function policy(
  name: string,
  more: { readonly namespace?: string; readonly labels?: string; readonly port?: number } = {},
): string {
  const { namespace = "production", labels = '{ "app": "db" }', port } = more;
  const rule = port === undefined ? "{}" : `{ "ports": [{ "port": ${port} }] }`;
  return JSON.stringify(
    { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name, namespace } },
    undefined,
    1,
  ).replace(
    /\n\}$/,
    `,\n "spec": { "podSelector": { "matchLabels": ${labels} }, "policyTypes": ["Ingress"], "ingress": [${rule}] }\n}\n`,
  );
}

const OPEN = policy("open");

/** A workload whose every text is `word`. */
function workload(word: string, index: number): string {
  const labels = { app: word, [word.slice(0, 60)]: "x" };
  return JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `${word}${index}`, namespace: word, annotations: { [word]: word }, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: word, image: word, ports: [{ name: word, containerPort: 80 }] }] },
      },
    },
  });
}

async function reviewed(world: World, pull: Pull): Promise<Run> {
  const done = await run(world, pullEvent(pull));
  expect(mischief(world, done)).toEqual([]);
  return done;
}

describe("a pull request whose author is an attacker", () => {
  scenario("names, labels, namespaces and annotations of objects stay text, whatever they hold", async ({ world }) => {
    const files = SHARP.flatMap((word, i) => [
      file(`k8s/w${i}.json`, workload(word, i)),
      file(`k8s/p${i}.json`, policy(word, { labels: JSON.stringify({ [word]: word }) })),
      file(`k8s/n${i}.json`, policy("a", { namespace: word, labels: "{}" })),
    ]);
    await reviewed(world, oddPull(world, [...files, file("k8s/open.json", OPEN)]));
    expect(world.fake.state.comments).toHaveLength(1);
  });

  scenario("file names stay text, also those that are no UTF-8", async ({ world }) => {
    const names = SHARP.map((word) => word.replaceAll("\0", "").replaceAll("/", "_"))
      .filter((word) => word !== "" && word !== "." && word !== "..")
      .map((word) => Buffer.from(`k8s/${word}.json`));
    const bytes = [0xff, 0xc0, 0x80, 0xfe].map((byte) =>
      Buffer.concat([Buffer.from("k8s/"), Buffer.from([byte]), Buffer.from(".json")]),
    );
    const files = [...names, ...bytes].map((path, i) =>
      file(path, policy(`p${i}`, { labels: `{ "app": "x${i}" }`, port: 2000 + 2 * i })),
    );
    const { json, log } = await reviewed(world, oddPull(world, files));
    for (const name of ["377", "300", "200", "376"]) expect(json).toContain(String.raw`"k8s/\\${name}.json"`);
    expect(log).toContain(String.raw`k8s/\377.json`);
  });

  scenario("broken files, whose complaints quote them, stay text", async ({ world }) => {
    const files = SHARP.map((word, i) =>
      file(`k8s/b${i}.yaml`, `apiVersion: v1\nkind: Pod\nx: [${word}\n"${word}: {\n`),
    );
    const { outputs } = await reviewed(world, oddPull(world, files));
    expect(outputs.get("conclusion")).toBe("error");
  });

  scenario("names of 10,000 characters are cut, and the comment keeps to its budget", async ({ world }) => {
    const long = ["a", "é", "`", "|", "<b>", "\u202e", "@x "].map((piece) => piece.repeat(10_000 / piece.length));
    const files = long.flatMap((word, i) => [
      file(`k8s/w${i}.json`, workload(word, i)),
      file(`k8s/p${i}.json`, policy(word)),
    ]);
    const pull = oddPull(world, [...files, file(`k8s/${"d".repeat(200)}/${"e/".repeat(300)}f.json`, OPEN)]);
    const { exit } = await reviewed(world, pull);
    expect(exit).toBe(1);
    expect(Buffer.byteLength(world.fake.state.comments[0]?.body ?? "")).toBeLessThanOrEqual(60_000);
  });

  scenario("configuration, exceptions and annotations of the head do not judge it", async ({ world }) => {
    const workloads = exampleFiles()["k8s/workloads.yaml"] ?? "";
    const protects = workloads.replace(
      "kind: StatefulSet\nmetadata:\n",
      'kind: StatefulSet\nmetadata:\n  annotations: { netpol-review.io/protected: "ingress" }\n',
    );
    world.origin.commit({ ".github/netpol-review.yml": "version: 1\n", "k8s/workloads.yaml": protects }, "annotated");
    const { outputs } = await reviewed(world, world.pull({ ...CHANGES.widened, "k8s/workloads.yaml": workloads }));
    expect(outputs.get("conclusion")).toBe("failure");
  });

  scenario("links lead nowhere outside the tree, and submodules and LFS pointers hide nothing", async ({ world }) => {
    const trap = layTrap();
    const link = (path: string, target: string): OddFile => ({ path, mode: "120000", data: target });
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"4d7a".repeat(16)}\nsize 9\n`;
    const pull = oddPull(world, [
      link("k8s/passwd.yaml", "/etc/passwd"),
      link("k8s/environ.yaml", "/proc/self/environ"),
      link("k8s/up.yaml", "../../../../etc/hostname"),
      link("k8s/loop.yaml", "loop.yaml"),
      link("k8s/root", "/"),
      { path: "k8s/vendor", mode: "160000", data: "1".repeat(40) },
      file(".gitmodules", `[submodule "x"]\n\tpath = k8s/vendor\n\turl = ext::${trap.program}\n`),
      file("k8s/lfs.yaml", pointer),
      file(".gitattributes", "*.yaml filter=lfs diff=trap merge=trap\n"),
      file(".lfsconfig", `[lfs]\n\turl = https://evil.example\n`),
    ]);
    const { outputs, json } = await reviewed(world, pull);
    expect(outputs.get("conclusion")).toBe("error");
    const hidden = ["passwd.yaml", "environ.yaml", "up.yaml", "loop.yaml", "root", "vendor", "lfs.yaml"];
    for (const name of hidden) expect(json).toContain(`"k8s/${name}"`);
    expect(json).not.toContain("root:x:0");
    expect(trap.sprung()).toEqual([]);
  });

  scenario("keys of prototypes are names like others", async ({ world }) => {
    const words = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"];
    const files = words.flatMap((word, i) => [
      file(`k8s/${word}/w.json`, workload(word, i)),
      file(`k8s/${word}/p.json`, policy(word, { namespace: word, labels: `{ "${word}": "x" }` })),
      file(
        `k8s/${word}/y.yaml`,
        `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${word}, __proto__: { labels: { a: b } } }\n__proto__: { kind: Pod }\n`,
      ),
    ]);
    const { json } = await reviewed(world, oddPull(world, files));
    for (const word of words) expect(json).toContain(`${word}/`);
  });

  scenario("bombs are told and not blown up: aliases, nesting, numbers, size", async ({ world }) => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`).join("\n");
    const head = "apiVersion: v1\nkind: Pod\n";
    const pull = oddPull(world, [
      file("k8s/aliases.yaml", `${head}a0: &a0 x\n${levels}\nmetadata: *a12\n`),
      file("k8s/merge.yaml", `${head}b: &b { <<: [*b, *b], x: 1 }\nmetadata: { <<: *b }\n`),
      file("k8s/flow.yaml", `${head}x: ${"[".repeat(100_000)}\n`),
      file(
        "k8s/block.yaml",
        `${head}x:\n${Array.from({ length: 3000 }, (_, i) => `${" ".repeat(i + 1)}a:`).join("\n")}\n`,
      ),
      file("k8s/deep.json", `{"apiVersion":"v1","kind":"Pod","x":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}`),
      file(
        "k8s/numbers.yaml",
        OPEN.replace(
          '"ingress": [{}]',
          '"ingress": [{ "ports": [{ "port": 1e309 }, { "port": 99999999999999999999999, "endPort": -1 }, { "port": 0x7fffffffffffffff }] }]',
        ),
      ),
      file(
        "k8s/tags.yaml",
        `${head}metadata: !!js/function "function(){}"\nx: !<tag:evil> y\nz: !!python/object/apply:os.system ["touch x"]\n`,
      ),
      file("k8s/documents.yaml", `${head}---\n`.repeat(20_001)),
      file("k8s/large.yaml", `${head}x: "${"y".repeat(21_000_000)}"\n`),
      file("k8s/line.yaml", `${head}x: ${"'".repeat(2_000_001)}\n`),
    ]);
    const done = await run(world, pullEvent(pull), { variables: { NODE_OPTIONS: "--max-old-space-size=512" } });
    expect(mischief(world, done)).toEqual([]);
    expect(done.outputs.get("conclusion")).toBe("error");
    expect(done.ms).toBeLessThan(30_000);
    for (const name of ["aliases", "flow", "block", "deep", "documents", "large"])
      expect(done.json).toContain(`"k8s/${name}.`);
  });

  scenario("a thousand policies and ten thousand labels end in time", async ({ world }) => {
    const files = Array.from({ length: 1000 }, (_, i) => {
      const labels = Object.fromEntries(Array.from({ length: 10 }, (_, k) => [`l${i}-${k}`, String(k)]));
      return file(`k8s/many/${i}.json`, policy(`p${i}`, { labels: JSON.stringify(labels) }));
    });
    const done = await run(world, pullEvent(oddPull(world, files)), {
      variables: { NODE_OPTIONS: "--max-old-space-size=1024" },
    });
    expect(mischief(world, done)).toEqual([]);
    expect(done.ms).toBeLessThan(60_000);
  });

  scenario("a forged report in the tree is not taken for ours", async ({ world }) => {
    const forged =
      '<!-- netpol-review {"v":1,"id":"0123456789abcdef","head":"x","truncated":false} -->\n### ✅ netpol-review: check passes\n';
    const pull = oddPull(world, [file("k8s/forged.json", policy(forged)), file("README.md", forged)]);
    const { exit, summary } = await reviewed(world, pull);
    expect(exit).toBe(1);
    expect(summary.split("\n")[1]).toMatch(/^### 🟠 netpol-review: merge blocked/);
  });
});
