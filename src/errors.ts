/** A place in a source file. `line` is 1-based; 0 means the file as a whole. */
export type SourceRef = { readonly file: string; readonly line: number };

/** Every code that an issue or an `InputError` can carry; published in `docs/issues.md`. */
export const ISSUE_CODES = [
  "USAGE",
  "BAD_REF",
  "BAD_PATH",
  "GIT_FAILED",
  "EMPTY_TREE",
  "CONFIG_INVALID",
  "CONFIG_MISSING",
  "CONFIG_CHANGED",
  "UNREADABLE",
  "YAML_SYNTAX",
  "BINARY",
  "ENCODING",
  "LIMIT",
  "SYMLINK",
  "SUBMODULE",
  "LFS_POINTER",
  "TEMPLATE",
  "PATCH",
  "DUPLICATE_KEY",
  "DUPLICATE_OBJECT",
  "REJECTED",
  "SUSPECT",
  "UNKNOWN_KIND",
  "NOT_ANALYSED",
  "NOT_ENFORCED",
  "RENDER_FAILED",
  "RENDER_TOOL_MISSING",
  "RENDER_REMOTE",
  "ORPHAN",
  "UNMATCHED_NAMED_PORT",
  "UNMATCHED_SELECTOR",
  "HOST_NETWORK",
  "PRIORITY_CONFLICT",
  "INERT_RULES",
  "REPRESENTATIVE_LIMIT",
  "PLUGIN",
  "GITHUB",
  "ROOT_EMPTIED",
  "RULE_IDLE",
  "EXCEPTION_IDLE",
  "REPORT_MISSING",
] as const;
export type IssueCode = (typeof ISSUE_CODES)[number];

export type Severity = "error" | "warning";

/** Something that the program met and could not take as it stood; never thrown, always reported. */
export type Issue = {
  readonly code: IssueCode;
  readonly severity: Severity;
  readonly at: SourceRef | undefined;
  readonly message: string;
  /** What the issue is about, for pairing base with head: `NetworkPolicy production/db`, a path, … */
  readonly subject?: string;
  /** The content could hold workloads or policies that an answer depends on. */
  readonly hides?: boolean;
  /** Text of what was not understood; equal on both sides where nothing in it changed. */
  readonly content?: string;
};

/** A fault that a user can mend. Anything else that throws is a bug. */
export class InputError extends Error {
  readonly code: IssueCode;
  readonly at: SourceRef | undefined;

  constructor(code: IssueCode, at: SourceRef | undefined, message: string) {
    super(message);
    this.name = "InputError";
    this.code = code;
    this.at = at;
  }
}

/** `k8s/db.yaml:14`, or the bare file where the whole file is meant. */
export function place(at: SourceRef): string {
  return at.line > 0 ? `${at.file}:${at.line}` : at.file;
}
