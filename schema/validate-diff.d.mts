/** A place as JSON has it: both keys absent where nobody knows, the line where the whole file is meant. */
export type PlaceJson = { readonly file?: string; readonly line?: number };

export type CauseJson = {
  readonly object: string;
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly side: "base" | "head";
  readonly kind: "rule" | "policy" | "labels" | "workload" | "namespace" | "plugin";
  readonly text: string;
};

export type WitnessJson = {
  readonly src: string;
  readonly dst: string;
  readonly protocol: string | number;
  readonly port: number | string;
  readonly srcAddress?: string;
  readonly dstAddress?: string;
};

export type ChangeJson = {
  readonly src: string;
  readonly dst: string;
  readonly base: string;
  readonly head: string;
  readonly opened: string;
  readonly closed: string;
  readonly type: "added" | "removed" | "changed";
  readonly note: string;
  readonly effect: "opened" | "closed" | "both" | "loosened" | "tightened" | "altered";
  readonly causes: readonly CauseJson[];
  readonly witness: WitnessJson;
  readonly cluster: string;
};

export type GroupJson = ChangeJson & {
  readonly pairs: number;
  readonly rules: readonly string[];
  readonly protected?: "error" | "warning";
  readonly comes?: "added" | "removed" | "changed";
  readonly srcNamespace: string;
  readonly dstNamespace: string;
};

export type FindingJson = PlaceJson & {
  readonly rule: string;
  readonly side?: "from" | "to";
  readonly kind:
    | "widened"
    | "violated"
    | "joined"
    | "ungoverned"
    | "subject-lost"
    | "subject-removed"
    | "not-judged"
    | "unenforced"
    | "private-block"
    | "expired";
  readonly severity: "error" | "warning";
  readonly changes: readonly number[];
  readonly message: string;
  readonly excepted?: true;
  readonly reason?: string;
  readonly until?: string;
  readonly description: string;
  readonly owner: string;
  readonly ruleAt?: { readonly file: string; readonly line?: number };
  readonly causes: readonly CauseJson[];
  readonly witness?: WitnessJson;
  readonly example: string;
  readonly allowedBefore: string;
  readonly notOpened: readonly string[];
  readonly broad: boolean;
  readonly exception: string;
  readonly cluster: string;
};

export type IssueJson = PlaceJson & {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly standing?: true;
  readonly cluster?: string;
};

export type SummaryJson = {
  readonly opened: number;
  readonly closed: number;
  readonly findings: number;
  readonly workloadsAdded: number;
  readonly workloadsRemoved: number;
};

export type WorkloadJson = {
  readonly workload: string;
  readonly side: "base" | "head";
  readonly namespace: string;
  readonly file: string;
  readonly line?: number;
  readonly governed: { readonly ingress: boolean; readonly egress: boolean };
  readonly declaredPorts: string;
  readonly exposed: boolean;
  readonly others: { readonly total: number; readonly governed: number };
  readonly refusedBy: readonly string[];
  readonly successor?: string;
};

export type ClusterJson = {
  readonly name: string;
  readonly conclusion: "success" | "changed" | "failure" | "error";
  readonly summary: SummaryJson;
  readonly truncated: boolean;
  readonly workloads: readonly WorkloadJson[];
  readonly assumptions: readonly (PlaceJson & { readonly text: string })[];
  readonly deviations: readonly {
    readonly object: string;
    readonly text: string;
    readonly file: string;
    readonly line?: number;
  }[];
  readonly plugin: { readonly name?: string; readonly reason: string; readonly enforces: boolean };
  readonly counts: {
    readonly files: number;
    readonly documents: number;
    readonly skipped: number;
    readonly workloads: number;
    readonly policies: number;
  };
  readonly read: string;
  readonly excerpts: readonly { readonly file: string; readonly line: number; readonly text: string }[];
  readonly ambiguous: readonly string[];
};

export type ContextJson = {
  readonly version: string;
  readonly mode: "enforce" | "warn";
  readonly setting: "pull-request" | "merge-group" | "push" | "local";
  readonly base: { readonly label: string; readonly commit?: string };
  readonly head: { readonly label: string; readonly commit?: string };
  readonly rules: number;
  readonly config: string;
  readonly reproduce: string;
  readonly links?: {
    readonly server: string;
    readonly repository: string;
    readonly base: string;
    readonly head: string;
  };
  readonly cluster?: string;
};

/** What diff.schema.json describes, as far as a reader needs it. */
export type DiffJson = {
  readonly conclusion: "success" | "changed" | "failure" | "error";
  readonly title: string;
  readonly changes: readonly ChangeJson[];
  readonly groups: readonly GroupJson[];
  readonly findings: readonly FindingJson[];
  readonly issues: readonly IssueJson[];
  readonly news: "nothing" | "changes" | "findings" | "error";
  readonly configChanges: readonly (PlaceJson & { readonly severity: "error" | "warning"; readonly message: string })[];
  readonly clusters: readonly ClusterJson[];
  readonly context: ContextJson;
};

/** True where `data` fits diff.schema.json; else `validate.errors` says where it does not. */
export const validate: {
  (data: unknown): data is DiffJson;
  errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
};
