// Breaks each semantic rule on purpose, in a copy, and tells which faults the tests do not notice.
// node scripts/mutate.mjs [--only <part of a path or a rule>]... [--jobs <n>] [--lines <first>-<last>,…] [--stages <first>-<last>]
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { transformSync } from "esbuild";
import { compileWalk } from "./build-walk.mjs";
import { mutate, readMutants } from "./mutants.mjs";

const ROOT = resolve(import.meta.dirname, "..");
const SHARED = process.env.NETPOL_SHARED_DIR ?? resolve(ROOT, "../shared");
const LEAST = 0.95;
const LEAST_TIMEOUT_MS = 120_000;

const LAWS = ["laws/evaluators", "laws/undeclared", "laws/changes"];
const EVERYTHING = ["manifest", "sets", "gate", "judging", "laws", "conformance", "report/build"];

/** Tests that should notice, by the beginning of the path; each list is run only if those before it noticed nothing. */
const TESTS = [
  ["src/pointwise/", [["pointwise", "manifest/traps"], LAWS]],
  ["src/model/", [["model", "manifest/traps", "manifest/calico/order"], LAWS]],
  ["src/sets/", [["sets", "manifest/traps"], LAWS]],
  ["src/engine/within", [["review/bystanders", "engine"], ["laws/bystanders"]]],
  ["src/engine/", [["engine"], LAWS]],
  ["src/review", [["review/bystanders"], ["laws/bystanders"]]],
  ["src/manifest/quiet/", [["manifest/quiet", "review/bystanders"], ["laws/bystanders"]]],
  [
    "src/diff/",
    [
      ["diff", "laws/outside", "laws/evaluators"],
      ["laws/changes", "laws/causes", "judging", "report/build"],
    ],
  ],
  ["src/gate/", [["gate"], ["judging"]]],
  ["src/manifest/calico/", [["manifest/calico"], ["conformance/calico"]]],
  ["src/manifest/cilium/", [["manifest/cilium"], ["conformance/cilium"]]],
  ["src/manifest/admin", [["manifest/admin.test", "manifest/traps"], ["manifest/api-adminnetworkpolicy"]]],
  ["src/manifest/networkpolicy", [["manifest/traps", "manifest/networkpolicy"], ["manifest/api-networkpolicy"]]],
  ["src/manifest/selector", [["manifest/traps", "manifest/api-networkpolicy"], ["manifest/api-adminnetworkpolicy"]]],
  [
    "src/manifest/blocks",
    [["manifest/blocks", "manifest/networkpolicy", "manifest/traps"], ["manifest/api-networkpolicy"]],
  ],
  [
    "src/manifest/",
    [["manifest/workloads", "manifest/cluster.test", "manifest/objects", "manifest/traps"], ["manifest/"]],
  ],
];

/** A copy of what mutants change, beside links to all else. */
function copy() {
  const dir = mkdtempSync(join(tmpdir(), "mutants-"));
  for (const name of readdirSync(ROOT)) {
    if (name === "src" || name === "__tests__") cpSync(join(ROOT, name), join(dir, name), { recursive: true });
    else symlinkSync(join(ROOT, name), join(dir, name));
  }
  return dir;
}

/** Whether the tests pass: `true`, `false`, or `undefined` where they do not end in time. */
function passes(dir, tests, timeoutMs) {
  return new Promise((done) => {
    const args = ["run", "--bail=1", "--maxWorkers=1", "--no-isolate", "--pool=threads", "--reporter=dot"];
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const child = spawn(process.execPath, [vitest, ...args, ...tests.map((each) => `__tests__/${each}`)], {
      cwd: dir,
      stdio: "ignore",
      detached: true,
      env: { LAW_RUNS: "25", ...(existsSync(SHARED) ? { NETPOL_SHARED_DIR: SHARED } : {}), ...process.env },
    });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      process.kill(-child.pid, "SIGKILL");
    }, timeoutMs);
    child.on("close", (code) => {
      clearTimeout(timer);
      done(isLate ? undefined : code === 0);
    });
  });
}

function stagesOf(file) {
  return [...(TESTS.find(([prefix]) => file.startsWith(prefix))?.[1] ?? []), EVERYTHING];
}

const known = new Map();

/** Milliseconds that tests may take; throws where they fail without any mutant. */
function limitOf(dir, tests) {
  const key = tests.join();
  if (!known.has(key)) {
    const start = Date.now();
    known.set(
      key,
      passes(dir, tests, 30 * 60_000).then((passed) => {
        if (passed !== true) throw new Error(`fails without any mutant: ${key}`);
        return Math.max(LEAST_TIMEOUT_MS, 10 * (Date.now() - start));
      }),
    );
  }
  return known.get(key);
}

async function judge(dir, mutant, stages) {
  const path = join(dir, mutant.file);
  const text = readFileSync(path, "utf8");
  const faulty = mutate(text, mutant);
  transformSync(faulty, { loader: "ts" });
  for (const tests of stages) {
    const timeoutMs = await limitOf(dir, tests);
    writeFileSync(path, faulty);
    try {
      await compileIn(dir, mutant.file);
      const passed = await passes(dir, tests, timeoutMs);
      if (passed !== true) return { killed: true, by: passed === undefined ? "time" : tests.join(" ") };
    } finally {
      writeFileSync(path, text);
      cpSync(join(ROOT, COMPILED), join(dir, COMPILED));
    }
  }
  return { killed: false, by: "" };
}

/** What is compiled before it runs is compiled anew where the fault is in it. */
async function compileIn(dir, file) {
  if (file.startsWith(ASSEMBLY)) writeFileSync(join(dir, COMPILED), await compileWalk(`${dir}/`));
}

const ASSEMBLY = "src/manifest/quiet/assembly/";
const COMPILED = "src/manifest/quiet/compiled.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    jobs: { type: "string", default: String(Math.max(1, availableParallelism() - 1)) },
    stages: { type: "string", default: "1-3" },
    lines: { type: "string", default: "1-100000" },
  },
});
const ranges = options.lines.split(",").map((range) => range.split("-").map(Number));
const [firstStage = 1, lastStage = firstStage] = options.stages.split("-").map(Number);
const all = readMutants(ROOT);
const chosen = all.filter(
  ({ file, rule, line }) =>
    ranges.some(([first, last = first]) => first <= line && line <= last) &&
    (options.only.length === 0 || options.only.some((part) => file.includes(part) || rule === part)),
);
const stale = chosen.flatMap((each) => {
  try {
    transformSync(mutate(readFileSync(join(ROOT, each.file), "utf8"), each), { loader: "ts" });
    return [];
  } catch (error) {
    return [error.message];
  }
});
if (stale.length > 0) throw new Error(`no mutants of this source any more:\n${stale.join("\n")}`);
const left = [...chosen];
const survivors = [];
let done = 0;
mkdirSync(tmpdir(), { recursive: true });
await Promise.all(
  Array.from({ length: Number(options.jobs) }, async () => {
    const dir = copy();
    try {
      for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
        const { killed, by } = await judge(dir, mutant, stagesOf(mutant.file).slice(firstStage - 1, lastStage));
        done++;
        if (!killed) survivors.push(mutant);
        const what = killed ? `killed by ${by}` : `SURVIVED ${mutant.find} ⟶ ${mutant.replacement}`;
        console.log(`${done}/${chosen.length} ${mutant.line} ${mutant.rule} ${mutant.file} ${what}`);
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }),
);
const score = (chosen.length - survivors.length) / chosen.length;
console.log(`\n${chosen.length - survivors.length} of ${chosen.length} noticed: ${(100 * score).toFixed(1)} %`);
for (const { line, rule, file, find, replacement } of survivors.sort((a, b) => a.line - b.line)) {
  console.log(`survived: scripts/mutants.txt:${line} ${rule} ${file}: ${find} ⟶ ${replacement}`);
}
process.exitCode = score >= LEAST ? 0 : 1;
