import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, promises, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Issue } from "../errors.ts";
import { type Budget, materialise } from "./materialise.ts";
import { type Cage, type Outcome, run } from "./render-process.ts";
import type { HelmRequest, HelmSet, KustomizeRequest, RenderRequest } from "./render-request.ts";
import type { Tool, Tools } from "./render-tools.ts";
import type { Tree } from "./tree.ts";

/** What one root came to. `text` is a stream of documents, `undefined` where it could not be rendered. */
export type RenderResult = {
  readonly text: string | undefined;
  readonly issues: readonly Issue[];
  readonly ms: number;
};

/** Bounds of one root. */
export type RenderLimits = { readonly timeoutMs: number; readonly outputBytes: number; readonly memoryKib: number };

/** 30 seconds, 20 MB, 3 GB. */
export const RENDER_LIMITS: RenderLimits = { timeoutMs: 30_000, outputBytes: 20_000_000, memoryKib: 3_000_000 };

/** What is the same for every root of one side. */
export type RenderPlace = {
  readonly tree: Tree;
  readonly tools: Tools;
  /** A folder of our own, below which each root gets a fresh one. */
  readonly scratch: string;
  readonly budget: Budget;
  readonly limits: RenderLimits;
  /** Variables that name proxies, for requests that may use the network. */
  readonly proxies: Readonly<Record<string, string>>;
};

/** Renders one root by the real tool, from a fresh folder that holds only its files and is removed afterwards. */
export async function renderRoot(request: RenderRequest, place: RenderPlace): Promise<RenderResult> {
  const started = performance.now();
  const missing = missingTool(request, place.tools);
  if (missing !== undefined) return { text: undefined, issues: [missing], ms: 0 };
  const folder = mkdtempSync(join(place.scratch, "root-"));
  try {
    const issues = lay(request, place, folder);
    const ms = (): number => Math.round(performance.now() - started);
    if (issues.some((issue) => issue.severity === "error")) return { text: undefined, issues, ms: ms() };
    const outcome = await run(command(request, place.tools, folder), cage(request, place, folder));
    if (outcome.status === "done") return { text: outcome.stdout.toString("utf8"), issues, ms: ms() };
    return { text: undefined, issues: [...issues, failure(request, outcome, { place, folder })], ms: ms() };
  } finally {
    await promises.rm(folder, { recursive: true, force: true });
  }
}

/** The program that a request needs, where it is not there. */
function missingTool(request: RenderRequest, tools: Tools): Issue | undefined {
  const needsHelm = request.tool === "helm" || request.charts;
  if (request.tool === "kustomize" && tools.kustomize === undefined) {
    return absent(request, "neither `kustomize` nor `kubectl` was found", "azure/setup-kubectl@v4");
  }
  if (!needsHelm) return undefined;
  if (tools.helm === undefined) return absent(request, "`helm` was not found", "azure/setup-helm@v4");
  if (!atLeast(tools.helm.version, 3, 16)) {
    return absent(request, `helm ${tools.helm.version} is older than 3.16`, "azure/setup-helm@v4");
  }
  return undefined;
}

function atLeast(version: string, major: number, minor: number): boolean {
  const [first, second] = version.split(".").map(Number);
  return (first ?? 0) > major || ((first ?? 0) === major && (second ?? 0) >= minor);
}

function absent(request: RenderRequest, cause: string, step: string): Issue {
  const message = `${cause}: add the step \`- uses: ${step}\` before this one`;
  return { code: "RENDER_TOOL_MISSING", severity: "error", at: request.at, message, hides: true };
}

/** Lays the files and what the program needs beside them: `tree/`, `wrap/`, `home/`, `tmp/`, `bin/`. */
function lay(request: RenderRequest, place: RenderPlace, folder: string): Issue[] {
  for (const name of ["tree", "wrap", "home", "tmp", "bin", "plugins"]) mkdirSync(join(folder, name));
  const kept = request.files.filter((file) => !request.written.has(file.path));
  const issues = materialise(place.tree, kept, join(folder, "tree"), place.budget);
  for (const [path, text] of request.written) {
    const file = join(folder, "tree", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  for (const copy of request.copies) {
    cpSync(join(folder, "tree", copy.from), join(folder, "tree", copy.to), { recursive: true });
  }
  switch (request.tool) {
    case "kustomize":
      writeFileSync(join(folder, "wrap", "kustomization.yaml"), JSON.stringify(wrapper(request)));
      if (request.charts) writeHelmGuard(request, place.tools.helm, join(folder, "bin", "helm"));
      return issues;
    case "helm":
      return [...issues, ...writeValues(request, folder)];
  }
}

/** Values under names of our own: helm splits what `-f` names at commas, and a tree may have such names. */
function writeValues(request: HelmRequest, folder: string): Issue[] {
  const issues: Issue[] = [];
  for (const [index, values] of request.values.entries()) {
    const file = valuesFile(folder, index);
    if ("text" in values) writeFileSync(file, values.text);
    else if (existsSync(join(folder, "tree", values.path))) copyFileSync(join(folder, "tree", values.path), file);
    else issues.push({ code: "RENDER_FAILED", severity: "error", at: request.at, message: absentValues(values.path) });
  }
  return issues;
}

function absentValues(path: string): string {
  return `the values file \`${path}\` is not there`;
}

function valuesFile(folder: string, index: number): string {
  return join(folder, "wrap", `values-${index}.yaml`);
}

/** A kustomization outside the tree that asks for origins, so that the tree's own files stay untouched. */
function wrapper(request: KustomizeRequest): unknown {
  return {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [join("../tree", request.path)],
    buildMetadata: ["originAnnotations", "transformerAnnotations"],
    ...(request.namespace === undefined ? {} : { namespace: request.namespace }),
  };
}

/** What kustomize gets for helm: only `template` and `version`, with our flags in front of its own. */
function writeHelmGuard(request: KustomizeRequest, helm: Tool | undefined, file: string): void {
  const program = quoted(helm?.command[0] ?? "helm");
  const flags = chartFlags(request).map(quoted).join(" ");
  const lines = [
    "#!/bin/sh",
    "for argument; do",
    '  case "$argument" in --post-renderer*|--enable-dns*) echo "$argument is not run here" >&2; exit 1 ;; esac',
    "done",
    'case "$1" in',
    `  template) shift; exec ${program} template ${flags} "$@" ;;`,
    `  version) exec ${program} "$@" ;;`,
    "esac",
    'echo "helm $1 is not run here" >&2',
    "exit 1",
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  chmodSync(file, 0o700);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function chartFlags(request: RenderRequest): string[] {
  const apis = request.apiVersions.flatMap((api) => ["--api-versions", api]);
  return ["--skip-schema-validation", "--skip-tests", "--kube-version", request.kubeVersion, ...apis];
}

function command(request: RenderRequest, tools: Tools, folder: string): string[] {
  switch (request.tool) {
    case "kustomize": {
      const charts = request.charts ? ["--enable-helm", "--helm-command", join(folder, "bin", "helm")] : [];
      return [...(tools.kustomize?.command ?? []), ...charts, join(folder, "wrap")];
    }
    case "helm":
      return [...(tools.helm?.command ?? []), ...helmArguments(request, folder)];
  }
}

function helmArguments(request: HelmRequest, folder: string): string[] {
  const values = request.values.flatMap((_, index) => ["-f", valuesFile(folder, index)]);
  const set = request.set.flatMap((one) => [one.text ? "--set-string" : "--set", assignment(one)]);
  const upgrade = request.upgrade ? ["--is-upgrade"] : [];
  const flags = [...chartFlags(request), "--include-crds=false", "--namespace", request.namespace, ...upgrade];
  return [...flags, ...values, ...set, "--", request.release, join(folder, "tree", request.path)];
}

/** Commas would begin another assignment. */
function assignment(set: HelmSet): string {
  return `${set.name}=${set.value}`.replaceAll(/(?<!\\),/g, "\\,");
}

const DEAD_PROXY = "http://127.0.0.1:9";

function cage(request: RenderRequest, place: RenderPlace, folder: string): Cage {
  const home = join(folder, "home");
  const proxies = request.network
    ? place.proxies
    : { HTTP_PROXY: DEAD_PROXY, HTTPS_PROXY: DEAD_PROXY, http_proxy: DEAD_PROXY, https_proxy: DEAD_PROXY };
  const env = {
    PATH: request.network ? `${join(folder, "bin")}:/usr/local/bin:/usr/bin:/bin` : join(folder, "bin"),
    HOME: home,
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_DATA_HOME: join(home, "data"),
    TMPDIR: join(folder, "tmp"),
    HELM_PLUGINS: join(folder, "plugins"),
    KUSTOMIZE_PLUGIN_HOME: join(folder, "plugins"),
    KUBECONFIG: "/dev/null",
    LC_ALL: "C.UTF-8",
    ...proxies,
  };
  const unshare = request.network ? undefined : place.tools.unshare;
  return { env, folder: join(folder, "wrap"), ...place.limits, unshare };
}

type Failed = Exclude<Outcome, { readonly status: "done" }>;

function failure(request: RenderRequest, outcome: Failed, at: { place: RenderPlace; folder: string }): Issue {
  const name = request.tool === "helm" ? "helm template" : "kustomize build";
  const root = `\`${request.path === "" ? "." : request.path}\``;
  const { timeoutMs, outputBytes } = at.place.limits;
  const common = { severity: "error", at: request.at, hides: true } as const;
  switch (outcome.status) {
    case "failed": {
      const said = outcome.lastLine.replaceAll(`${at.folder}/tree/`, "").replaceAll(`${at.folder}/`, "");
      const line = plain(said.replace(OF_THE_WRAPPER, ""));
      return { ...common, code: "RENDER_FAILED", message: `${name} of ${root} failed: ${line}` };
    }
    case "timeout":
      return { ...common, code: "LIMIT", message: `${name} of ${root} took more than ${timeoutMs / 1000} s` };
    case "too-much-output":
      return { ...common, code: "LIMIT", message: `${name} of ${root} wrote more than ${outputBytes / 1e6} MB` };
  }
}

/** What kustomize says of our wrapper before it comes to the root. */
const OF_THE_WRAPPER =
  /(?<=^error: )accumulating resources: accumulation err='accumulating resources from '\.\.\/tree[^']*': '[^']*' must resolve to a file': (?:recursed accumulation of|couldn't make target for) path '[^']*': /i;

const LINE_LENGTH = 500;

/** One line without control characters, of bounded length; the report escapes the rest. */
function plain(line: string): string {
  const clean = line.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
  return clean.length > LINE_LENGTH ? `${clean.slice(0, LINE_LENGTH)}…` : clean;
}
