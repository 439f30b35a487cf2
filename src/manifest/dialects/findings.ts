import type { Issue, IssueCode, SourceRef } from "../../errors.ts";
import type { Assumption, Deviation } from "../../model/cluster.ts";
import { formatObject, type ObjectRef, type Policy } from "../../model/policy.ts";
import { canonical } from "../canonical.ts";
import type { Converted } from "../context.ts";
import type { ManifestObject } from "../object.ts";

/** What the conversion of one dialect's objects gathers on its way. */
export type Findings = {
  readonly policies: Policy[];
  readonly issues: Issue[];
  readonly assumptions: Assumption[];
  readonly deviations: Deviation[];
  readonly entities: Set<string>;
  readonly fqdns: Set<string>;
};

/** Nothing yet. */
export function noFindings(): Findings {
  return { policies: [], issues: [], assumptions: [], deviations: [], entities: new Set(), fqdns: new Set() };
}

/** The findings as a result; names sorted. */
export function converted(findings: Findings): Converted {
  const { policies, issues, deviations } = findings;
  return {
    policies,
    issues,
    assumptions: distinct(findings.assumptions),
    deviations,
    entities: [...findings.entities].sort(),
    fqdns: [...findings.fqdns].sort(),
  };
}

/** An issue about one object, at `line` of its file. `text` follows the object's name. */
export type Note = {
  readonly code: IssueCode;
  readonly severity?: Issue["severity"];
  readonly line?: number;
  readonly text: string;
  readonly hides?: boolean;
};

/** Adds an issue of severity `warning` about `object`, unless the note says otherwise. */
export function noteIssue(findings: Findings, object: ManifestObject, note: Note): void {
  const subject = formatObject(object.ref);
  const issue: Issue = {
    code: note.code,
    severity: note.severity ?? "warning",
    at: placeIn(object, note.line),
    message: `\`${subject}\` ${note.text}`,
    subject,
  };
  findings.issues.push(
    note.hides === true ? { ...issue, hides: true, content: canonical(object.node) ?? object.origin } : issue,
  );
}

/** A place in the file of `object`; without a line that of its `kind`. */
export function placeIn(object: ManifestObject, line: number | undefined): SourceRef {
  return line === undefined ? object.source : { file: object.source.file, line };
}

/** `object` with the namespace that it ends up in: the forced one, its own, or the default for its file or tree. */
export function inNamespace(object: ManifestObject, fallback: string): ManifestObject {
  const given = object.defaultNamespace;
  const own = object.ref.namespace;
  const namespace = given?.forced === true ? given.name : own !== "" ? own : (given?.name ?? fallback);
  return withRef(object, { ...object.ref, namespace });
}

/** `object`, which lives in no namespace whatever its metadata say. */
export function clusterScoped(object: ManifestObject): ManifestObject {
  return object.ref.namespace === "" ? object : withRef(object, { ...object.ref, namespace: "" });
}

function withRef(object: ManifestObject, ref: ObjectRef): ManifestObject {
  return { ...object, ref };
}

/** Adds everything of `more`, for an object that turned out to be valid. */
export function keep(findings: Findings, more: Findings): void {
  findings.policies.push(...more.policies);
  findings.issues.push(...more.issues);
  findings.assumptions.push(...more.assumptions);
  findings.deviations.push(...more.deviations);
  for (const name of more.entities) findings.entities.add(name);
  for (const pattern of more.fqdns) findings.fqdns.add(pattern);
}

function distinct(assumptions: readonly Assumption[]): readonly Assumption[] {
  const seen = new Map<string, Assumption>();
  for (const each of assumptions) {
    const key = `${each.at?.file ?? ""}:${each.at?.line ?? 0}:${each.text}`;
    if (!seen.has(key)) seen.set(key, each);
  }
  return [...seen.values()];
}
