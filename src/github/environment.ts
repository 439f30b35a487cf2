import { InputError } from "../errors.ts";
import { isCommitId } from "./decode.ts";

/** Environment variables as the runner sets them. */
export type Variables = { readonly [name: string]: string | undefined };

/** One repository on the server. */
export type RepositoryName = { readonly owner: string; readonly repo: string };

/** What the runner says about the run, checked. */
export type RunEnvironment = {
  readonly eventName: string;
  readonly eventPath: string;
  /** `GITHUB_SHA`: what the meaning of it is, the event decides. */
  readonly commit: string | undefined;
  readonly repository: RepositoryName;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  /** Without a slash at the end. */
  readonly serverUrl: string;
  readonly workspace: string;
  /** `RUNNER_TEMP`. */
  readonly temp: string;
  readonly outputPath: string | undefined;
  readonly summaryPath: string | undefined;
  /** Page of this run, for people. */
  readonly runUrl: string;
  /** 1 for the first run, more for re-runs. */
  readonly attempt: number;
  /** Who caused the event; decides what the token may do. */
  readonly actor: string;
};

/** Decodes the variables of a workflow step; one `InputError` for the first that is missing or malformed. */
export function readEnvironment(variables: Variables): RunEnvironment {
  const server = urlOf(variables, "GITHUB_SERVER_URL", "https://github.com");
  const name = required(variables, "GITHUB_REPOSITORY");
  const [owner, repo, rest] = name.split("/");
  if (!owner || !repo || rest !== undefined) {
    throw new InputError("GITHUB", undefined, `\`GITHUB_REPOSITORY\` is \`${name}\`, not \`owner/name\``);
  }
  const commit = variables.GITHUB_SHA ?? "";
  return {
    eventName: required(variables, "GITHUB_EVENT_NAME"),
    eventPath: required(variables, "GITHUB_EVENT_PATH"),
    commit: isCommitId(commit) ? commit : undefined,
    repository: { owner, repo },
    apiUrl: urlOf(variables, "GITHUB_API_URL", "https://api.github.com"),
    serverUrl: server,
    workspace: required(variables, "GITHUB_WORKSPACE"),
    temp: required(variables, "RUNNER_TEMP"),
    outputPath: variables.GITHUB_OUTPUT || undefined,
    summaryPath: variables.GITHUB_STEP_SUMMARY || undefined,
    runUrl: `${server}/${owner}/${repo}/actions/runs/${variables.GITHUB_RUN_ID || "0"}`,
    attempt: attemptOf(variables),
    actor: variables.GITHUB_ACTOR ?? "",
  };
}

function required(variables: Variables, name: string): string {
  const value = variables[name];
  if (value) return value;
  const remedy = "run this as a step of a GitHub workflow, or use the command `netpol-review review`";
  throw new InputError("GITHUB", undefined, `\`${name}\` is not set; ${remedy}`);
}

function urlOf(variables: Variables, name: string, otherwise: string): string {
  const value = variables[name] || otherwise;
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) {
    throw new InputError("GITHUB", undefined, `\`${name}\` is \`${value}\`, not an http or https address`);
  }
  return value.replace(/\/+$/, "");
}

function attemptOf(variables: Variables): number {
  const attempt = Number(variables.GITHUB_RUN_ATTEMPT ?? "1");
  return Number.isSafeInteger(attempt) && attempt > 0 ? attempt : 1;
}
