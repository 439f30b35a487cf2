import type { SourceRef } from "../errors.ts";
import { place } from "../errors.ts";
import type { Counts, Plugin } from "../model/cluster.ts";
import { plain } from "./escape.ts";
import { count } from "./inline.ts";
import type { IssueRow } from "./report.ts";

/** How far a green check can be trusted, by what the tree shows. */
export type Trust = {
  readonly level: "none" | "editable" | "owned";
  /** Workflows that run the review. */
  readonly workflows: readonly string[];
  /** Files that decide about the review and have no owner in CODEOWNERS. */
  readonly unowned: readonly string[];
};

/** A kustomization, chart or folder that is deployed. */
export type RootState = {
  readonly label: string;
  readonly kind: "kustomize" | "helm" | "folder";
  /** False: it could not be rendered; `unread` says why. */
  readonly rendered: boolean;
};

export type NamespaceState = {
  readonly name: string;
  readonly workloads: number;
  /** What no policy selects gets no new connection in this direction. */
  readonly denies: { readonly ingress: boolean; readonly egress: boolean };
};

/** A selector that matches none of the workloads that are declared where it looks. */
export type IdleSelector = { readonly object: string; readonly rule: string; readonly at: SourceRef };

export type ClusterState = {
  readonly name: string;
  readonly plugin: Plugin;
  readonly counts: Counts;
  readonly namespaces: readonly NamespaceState[];
  /** Workloads that no policy selects in either direction. */
  readonly unselected: readonly string[];
  /** Workloads in their node's network. */
  readonly ungoverned: readonly string[];
  readonly idle: readonly IdleSelector[];
};

/** How much of a tree is analysed, and what is not protected. */
export type DoctorReport = {
  readonly tree: string;
  readonly rules: number;
  /** Files under the names of manifests, and what became of them. */
  readonly files: {
    readonly named: number;
    readonly raw: number;
    readonly rendered: number;
    readonly excluded: number;
    readonly undeployed: readonly string[];
  };
  readonly documents: { readonly read: number; readonly rendered: number; readonly skipped: number };
  readonly roots: readonly RootState[];
  readonly tools: readonly string[];
  /** What hides something. */
  readonly unread: readonly IssueRow[];
  readonly fixtures: readonly { readonly glob: string; readonly files: number }[];
  readonly clusters: readonly ClusterState[];
  readonly trust: Trust;
};

/** What `doctor` prints for programs. */
export function formatDoctorJson(report: DoctorReport): string {
  return `${JSON.stringify({ schema: "netpol-review/doctor/v1", ...report }, undefined, 2)}\n`;
}

const MOST = 10;

/** What `doctor` prints for people. */
export function formatDoctorText(report: DoctorReport): string {
  const parts = [
    section("What is analysed", analysedLines(report)),
    ...report.clusters.map((cluster) =>
      section(
        cluster.name === "" ? "What is protected" : `What is protected in ${plain(cluster.name)}`,
        clusterLines(cluster),
      ),
    ),
    section("How far a green check can be trusted", trustLines(report)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join("\n");
}

function analysedLines({ files, documents, roots, tools, unread, fixtures }: DoctorReport): readonly string[] {
  const failed = roots.filter(({ rendered }) => !rendered);
  const by = tools.length === 0 ? "" : ` (${tools.join(", ")})`;
  return [
    `${count(files.named, "file")} under the names of manifests: ${files.raw} read as they stand, ${files.rendered} through ${count(roots.length, "root")}, ${files.excluded} excluded`,
    `${count(documents.read, "document")}${documents.skipped === 0 ? "" : `, ${documents.skipped} of kinds that decide no flow`}; ${count(documents.rendered, "object")} rendered${by}`,
    ...listed(
      `${count(failed.length, "root")} not rendered`,
      failed.map(({ label }) => plain(label)),
    ),
    ...listed(
      `${count(unread.length, "problem")} that can hide workloads or policies`,
      unread.map(({ at, message }) => `${at === undefined ? "" : `${plain(place(at))}: `}${plain(message, 400)}`),
    ),
    ...listed(
      `${count(files.undeployed.length, "file")} that no kustomization or chart lists, so not deployed`,
      files.undeployed.map((file) => plain(file)),
    ),
    ...listed(
      `${count(fixtures.length, "folder")} that \`exclude:\` could name, if nobody deploys them`,
      fixtures.map(({ glob, files: some }) => `${plain(glob)} (${count(some, "file")})`),
    ),
  ];
}

function clusterLines({ plugin, counts, namespaces, unselected, ungoverned, idle }: ClusterState): readonly string[] {
  const open = (direction: "ingress" | "egress") =>
    namespaces
      .filter(({ denies }) => !denies[direction])
      .map(({ name, workloads }) => `${plain(name)} (${count(workloads, "workload")})`);
  const name =
    plugin.name === undefined
      ? "none recognised, policies count as specified"
      : `${plugin.name}${plugin.enforces ? "" : ", which enforces no policy"}`;
  return [
    `${count(counts.workloads, "workload")}, ${count(counts.policies, "policy", "policies")}; network plugin: ${plain(name)}`,
    ...listed(`${count(open("ingress").length, "namespace")} without a default deny for ingress`, open("ingress")),
    ...listed(`${count(open("egress").length, "namespace")} without a default deny for egress`, open("egress")),
    ...listed(
      `${count(unselected.length, "workload")} that no policy selects`,
      unselected.map((each) => plain(each)),
    ),
    ...listed(
      `${count(ungoverned.length, "workload")} in the node's network, which no policy governs`,
      ungoverned.map((each) => plain(each)),
    ),
    ...listed(
      count(idle.length, "selector matches nothing", "selectors match nothing"),
      idle.map(({ object, rule, at }) => `${plain(place(at))}: ${rule === "" ? "" : `${rule} of `}${plain(object)}`),
    ),
  ];
}

/** A line with at most ten others below it; nothing where there is nothing to list. */
function listed(title: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  const rest = items.length > MOST ? [`  … and ${items.length - MOST} more`] : [];
  return [`${title}:`, ...items.slice(0, MOST).map((item) => `  ${item}`), ...rest];
}

function trustLines({ trust, rules }: DoctorReport): readonly string[] {
  const gate =
    rules === 0
      ? "No protected path is configured: the review reports and never fails."
      : `${count(rules, "protected path")} configured.`;
  return [gate, ...trustWords(trust), REQUIRED];
}

const REQUIRED =
  "A required workflow of an organisation's ruleset, which a pull request cannot touch, does not show in a tree.";

function trustWords({ level, workflows, unowned }: Trust): readonly string[] {
  const runs = workflows.map((each) => plain(each)).join(", ");
  switch (level) {
    case "none":
      return ["No workflow here runs the review: `netpol-review init` writes one."];
    case "editable":
      return [
        `Whoever can push a branch can edit the job that judges it (${runs}).`,
        `CODEOWNERS names nobody for ${unowned.map((each) => plain(each)).join(", ")}.`,
      ];
    case "owned":
      return [`CODEOWNERS guards the job (${runs}) and the rules, if the branch requires review from code owners.`];
  }
}
