import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import type { RunnerEvent } from "../github/fake/events.ts";
import { makeFolder } from "../tree/repo.ts";
import { node24 } from "./node24.ts";
import type { World } from "./world.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** What one run of the shipped Action leaves behind. */
export type Run = {
  readonly exit: number;
  /** Standard output, which the runner searches for commands. */
  readonly log: string;
  readonly stderr: string;
  readonly outputs: ReadonlyMap<string, string>;
  readonly summary: string;
  /** The report as JSON; empty where none was written. */
  readonly json: string;
  /** `RUNNER_TEMP`, which outlives the run. */
  readonly temp: string;
  readonly ms: number;
};

/** How a run differs from the usual one. */
export type RunOptions = {
  /** Work tree that a checkout step left; default: an empty folder. */
  readonly workspace?: string;
  /** Inputs of the step, by their names in action.yml. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** Text of the event file instead of the event's payload. */
  readonly eventText?: string;
};

/** Runs `dist/index.js` as the runner would run it for `event`. */
export async function run(
  world: Pick<World, "fake" | "git">,
  event: RunnerEvent,
  options: RunOptions = {},
): Promise<Run> {
  const folder = makeFolder({ "event.json": options.eventText ?? JSON.stringify(event.payload) });
  const temp = join(folder, "temp");
  const workspace = options.workspace ?? join(folder, "workspace");
  for (const path of [temp, workspace]) mkdirSync(path, { recursive: true });
  for (const name of ["output", "summary"]) writeFileSync(join(folder, name), "");
  const started = performance.now();
  const { exit, log, stderr } = await startAction(workspace, {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    ...event.variables,
    GITHUB_API_URL: world.fake.url,
    GITHUB_SERVER_URL: world.git.url,
    GITHUB_EVENT_PATH: join(folder, "event.json"),
    GITHUB_WORKSPACE: workspace,
    GITHUB_OUTPUT: join(folder, "output"),
    GITHUB_STEP_SUMMARY: join(folder, "summary"),
    RUNNER_TEMP: temp,
    ...inputVariables({ token: "write", ...options.inputs }),
    ...options.variables,
  });
  const outputs = outputsOf(read(folder, "output"));
  const json = outputs.get("report-json") ?? "";
  return {
    exit,
    log,
    stderr,
    outputs,
    summary: read(folder, "summary"),
    json: json === "" ? "" : readFileSync(json, "utf8"),
    temp,
    ms: performance.now() - started,
  };
}

/** Lines that the runner takes for workflow commands, of the form of today or of the old one. */
export function commands({ log }: Pick<Run, "log">): readonly string[] {
  return log.split(/[\r\n]+/).filter((line) => /^\s*::/.test(line) || line.includes("##["));
}

type Ended = { readonly exit: number; readonly log: string; readonly stderr: string };

function startAction(cwd: string, env: Record<string, string>): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(node24(), [join(ROOT, "dist/index.js")], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk) => out.push(chunk));
    child.stderr.on("data", (chunk) => err.push(chunk));
    child.on("error", fail);
    child.on("close", (code) =>
      done({ exit: code ?? -1, log: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") }),
    );
  });
}

/** Inputs as the runner passes them: those of the step over the defaults of action.yml. */
function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  const known: Record<string, { default?: string }> = parse(readFileSync(join(ROOT, "action.yml"), "utf8")).inputs;
  const variables: Record<string, string> = {};
  for (const [name, { default: usual = "" }] of Object.entries(known)) {
    const value = inputs[name] ?? (usual.includes("toJson(matrix)") ? "null" : usual);
    variables[`INPUT_${name.toUpperCase()}`] = value;
  }
  return variables;
}

function outputsOf(text: string): ReadonlyMap<string, string> {
  const outputs = new Map<string, string>();
  for (const [, name = "", , value = ""] of text.matchAll(/^([\w-]+)<<(.+)\n([\s\S]*?)\n?^\2$/gm))
    outputs.set(name, value);
  return outputs;
}

function read(folder: string, name: string): string {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
