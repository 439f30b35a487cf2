import { createHash } from "node:crypto";
import { isFields } from "./decode.ts";
import type { Variables } from "./environment.ts";

/** The inputs that tell two reviews of one job apart. */
export type IdentityInputs = {
  readonly config: string;
  readonly paths: readonly string[];
  readonly cluster: string;
  /** The job's matrix values as JSON; `null` or empty outside a matrix. */
  readonly matrix: string;
};

/**
 * The name of a comment's story: the same for each run of one step of one job of one workflow, in each of a
 * matrix's jobs another. 16 hexadecimal digits.
 */
export function identityOf(variables: Variables, inputs: IdentityInputs): string {
  const parts = [
    workflowOf(variables),
    variables.GITHUB_JOB ?? "",
    variables.GITHUB_ACTION ?? "",
    canonicalMatrix(inputs.matrix),
    inputs.config,
    [...inputs.paths].sort(),
    inputs.cluster,
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/** The workflow's file without the ref that it ran at, and without the repository where that is this one. */
function workflowOf(variables: Variables): string {
  const ref = variables.GITHUB_WORKFLOW_REF;
  if (!ref) return variables.GITHUB_WORKFLOW ?? "";
  const end = ref.indexOf("@refs/");
  const file = end < 0 ? ref.replace(/@[^@]*$/, "") : ref.slice(0, end);
  const here = `${variables.GITHUB_REPOSITORY ?? ""}/`;
  return file.startsWith(here) ? file.slice(here.length) : file;
}

function canonicalMatrix(matrix: string): string {
  try {
    return JSON.stringify(sorted(JSON.parse(matrix || "null")));
  } catch {
    return matrix;
  }
}

/** The same JSON with the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  const names = Object.keys(value).sort();
  return names.map((name) => [name, sorted(value[name])]);
}
