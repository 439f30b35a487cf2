// Measures whole processes against the floor (bench/floor.mjs) on seeded trees: `npm run bench -- --help`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeTree } from "./tree.mjs";

const HELP = `Measures netpol-review against a floor that only lists and reads the tree.

  --cases LIST   names joined by commas, or the beginnings of names (default: all but t100k)
  --runs N       interleaved runs of each (default 7)
  --cli FILE     what to measure (default dist/cli.js)
  --json FILE    also write the numbers there
  --seed N       seed of the trees (default 1)
`;

const here = path.dirname(fileURLToPath(import.meta.url));
const SIZES = { t1k: 1_000, t10k: 10_000, t100k: 100_000 };
const REVIEW = ["review", "--base", "HEAD~1", "--head", "HEAD"];
const WAYS = {
  text: (dir) => [...REVIEW, "--repo", dir],
  json: (dir) => [...REVIEW, "--repo", dir, "-o", "json"],
  list: (dir) => ["list", dir],
  untouched: (dir) => ["review", "--base", "HEAD", "--head", "unrelated", "--repo", dir],
};
const CASES = [
  ...["t1k", "t10k"].flatMap((size) => Object.keys(WAYS).map((way) => ({ size, way, dialect: "none" }))),
  { size: "t1k", way: "text", dialect: "calico" },
  { size: "t1k", way: "text", dialect: "cilium" },
  { size: "t100k", way: "text", dialect: "none" },
].map((one) => ({ ...one, name: [one.size, one.way, ...(one.dialect === "none" ? [] : [one.dialect])].join("-") }));

const { values: flags } = parseArgs({
  options: {
    cases: { type: "string", default: "t1k,t10k" },
    runs: { type: "string", default: "7" },
    cli: { type: "string", default: path.join(here, "..", "dist", "cli.js") },
    json: { type: "string" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) process.stdout.write(HELP);
else run();

function run() {
  const wanted = flags.cases.split(",");
  const cases = CASES.filter(({ name }) => wanted.some((each) => name === each || name.startsWith(`${each}-`)));
  const cli = path.resolve(flags.cli);
  const rows = [];
  console.log(
    `node ${process.version}, ${availableParallelism()} cores; ratios are medians (minima) of processor time and of wall time`,
  );
  console.log("case | floor ms | review ms | processor ratio | wall ratio | exit");
  for (const key of new Set(cases.map(({ size, dialect }) => `${size} ${dialect}`))) {
    const [size, dialect] = key.split(" ");
    const group = cases.filter((one) => one.size === size && one.dialect === dialect);
    const dir = mkdtempSync(path.join(tmpdir(), "netpol-bench-"));
    try {
      commitTree(dir, { workloads: SIZES[size], seed: Number(flags.seed), dialect });
      for (const one of group) rows.push(measure(one, dir, cli));
      if (size === "t1k" && dialect === "none") rows.push(...peers(dir));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  if (flags.json !== undefined)
    writeFileSync(flags.json, `${JSON.stringify({ node: process.version, rows }, undefined, 2)}\n`);
}

/** Base and head as two commits, the head checked out. */
function commitTree(dir, options) {
  const change = writeTree(dir, options);
  git(dir, "init", "-q", "-b", "main");
  git(dir, "add", "-A");
  git(dir, "commit", "-q", "-m", "base");
  const file = path.join(dir, change.file);
  const text = readFileSync(file, "utf8");
  if (!text.includes(change.before)) throw new Error(`${change.file} does not hold the rule that changes`);
  writeFileSync(file, text.replace(change.before, change.after));
  git(dir, "commit", "-q", "-a", "-m", "one policy");
  git(dir, "checkout", "-q", "-b", "unrelated");
  writeFileSync(path.join(dir, "README.md"), "no manifest\n");
  git(dir, "add", "-A");
  git(dir, "commit", "-q", "-m", "no manifest");
  git(dir, "checkout", "-q", "main");
  git(dir, "repack", "-q", "-a", "-d");
}

function git(cwd, ...args) {
  const who = ["-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false"];
  const done = spawnSync("git", [...who, ...args], { cwd, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`git ${args[0]}: ${done.stderr}`);
}

/** One case and the floor in turns; the first turn only warms the cache. */
function measure({ name, way }, dir, cli) {
  const floor = [];
  const review = [];
  for (let turn = 0; turn <= Number(flags.runs); turn++) {
    const least = timed([path.join(here, "floor.mjs"), dir]);
    const ours = timed([cli, ...WAYS[way](dir)]);
    if (turn === 0) continue;
    floor.push(least);
    review.push(ours);
  }
  const status = review.at(-1)?.status;
  const row = { name, floor: summary(floor), review: summary(review), ratio: ratios(review, floor), status };
  const { cpu, wall } = row.ratio;
  const shown = ({ cpuMs, wallMs }) => `${cpuMs.median} cpu, ${wallMs.median} wall`;
  console.log(
    `${name} | ${shown(row.floor)} | ${shown(row.review)} | ${cpu.median} (${cpu.min}) | ${wall.median} (${wall.min}) | ${status}`,
  );
  return row;
}

/** Runs a program and tells wall time, and the processor time of it and its children, in ms. */
function timed(args, { command = process.execPath, cwd } = {}) {
  const before = childrenMs();
  const start = process.hrtime.bigint();
  const done = spawnSync(command, args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 2 ** 30,
    timeout: 600_000,
  });
  const wallMs = Number(process.hrtime.bigint() - start) / 1e6;
  return { wallMs, cpuMs: childrenMs() - before, status: done.status };
}

/** Processor time of all children that ended, which Linux tells in hundredths of a second; 0 elsewhere. */
function childrenMs() {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return 0;
  }
}

function summary(list) {
  return { cpuMs: middle(list, "cpuMs"), wallMs: middle(list, "wallMs") };
}

function middle(list, key) {
  const sorted = list.map((one) => one[key]).sort((a, b) => a - b);
  return { median: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0), min: Math.round(sorted[0] ?? 0) };
}

function ratios(ours, least) {
  const ratio = (key) => {
    const [a, b] = [middle(ours, key), middle(least, key)];
    return { median: rounded(a.median / b.median), min: rounded(a.min / b.min) };
  };
  return { cpu: ratio("cpuMs"), wall: ratio("wallMs") };
}

function rounded(number) {
  return Number.isFinite(number) ? Math.round(number * 100) / 100 : undefined;
}

/** Other programs for the same question, once each, where they are on PATH. */
function peers(dir) {
  const base = mkdtempSync(path.join(tmpdir(), "netpol-bench-base-"));
  const archive = spawnSync("git", ["archive", "HEAD~1"], { cwd: dir, maxBuffer: 2 ** 30 });
  spawnSync("tar", ["-x", "-C", base], { input: archive.stdout });
  const known = [
    { command: "netpol-analyzer", args: ["diff", "-q", "--dir1", base, "--dir2", dir] },
    { command: "nca", args: ["--semantic_diff", dir, "--base_np_list", base] },
  ];
  const rows = known.map(({ command, args }) => peer(command, args));
  rmSync(base, { recursive: true, force: true });
  return rows;
}

function peer(command, args) {
  const found = spawnSync(command, ["--help"], { stdio: "ignore" }).error === undefined;
  if (!found) {
    console.log(`${command} | not on PATH`);
    return { name: command, found };
  }
  const once = timed(args, { command });
  console.log(
    `${command} on t1k | ${Math.round(once.cpuMs)} cpu, ${Math.round(once.wallMs)} wall | exit ${once.status}`,
  );
  return { name: command, found, once };
}
