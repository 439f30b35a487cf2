import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { run } from "./render-process.ts";

/** One program that renders. `command` is its absolute path and what comes before the folder. */
export type Tool = {
  readonly name: "kustomize" | "kubectl" | "helm";
  readonly command: readonly string[];
  /** As the program says it, without `v`: `5.8.1`. Of kubectl: the version of kustomize in it. */
  readonly version: string;
};

/** The programs of one run: both sides are rendered by the same ones. */
export type Tools = {
  readonly kustomize: Tool | undefined;
  readonly helm: Tool | undefined;
  /** Path of `unshare` where it can take the network away. */
  readonly unshare: string | undefined;
};

/** Looks for the programs in the absolute folders of `path` (a PATH) and asks each for its version. */
export async function findTools(path: string, scratch: string): Promise<Tools> {
  const unshare = await workingUnshare(path, scratch);
  const ask = (file: string, args: readonly string[], pattern: RegExp): Promise<string | undefined> =>
    version([file, ...args], pattern, { scratch, unshare });
  const kustomize =
    (await tool("kustomize", path, (file) => ask(file, ["version"], /(\d+\.\d+(?:\.\d+)?)/), ["build"])) ??
    (await tool(
      "kubectl",
      path,
      (file) => ask(file, ["version", "--client"], /Kustomize Version: v(\d+\.\d+(?:\.\d+)?)/),
      ["kustomize"],
    ));
  const helm = await tool("helm", path, (file) => ask(file, ["version", "--short"], /v(\d+\.\d+(?:\.\d+)?)/), [
    "template",
  ]);
  return { kustomize, helm, unshare };
}

async function tool(
  name: Tool["name"],
  path: string,
  ask: (file: string) => Promise<string | undefined>,
  verb: readonly string[],
): Promise<Tool | undefined> {
  for (const file of candidates(name, path)) {
    const version = await ask(file);
    if (version !== undefined) return { name, command: [file, ...verb], version };
  }
  return undefined;
}

function* candidates(name: string, path: string): Generator<string> {
  for (const folder of path.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const file = join(folder, name);
    if (isProgram(file)) yield file;
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

async function workingUnshare(path: string, scratch: string): Promise<string | undefined> {
  for (const file of candidates("unshare", path)) {
    const outcome = await run(["/bin/sh", "-c", ":"], probe(scratch, file));
    if (outcome.status === "done") return file;
  }
  return undefined;
}

async function version(
  command: readonly string[],
  pattern: RegExp,
  at: { readonly scratch: string; readonly unshare: string | undefined },
): Promise<string | undefined> {
  const outcome = await run(command, probe(at.scratch, at.unshare));
  return outcome.status === "done" ? pattern.exec(outcome.stdout.toString("utf8"))?.[1] : undefined;
}

function probe(scratch: string, unshare: string | undefined): Parameters<typeof run>[1] {
  const home = join(scratch, "probe-home");
  mkdirSync(home, { recursive: true });
  const env = { PATH: home, HOME: home, TMPDIR: home, KUBECONFIG: "/dev/null" };
  return { env, folder: home, timeoutMs: 10_000, outputBytes: 65_536, memoryKib: 3_000_000, unshare };
}
