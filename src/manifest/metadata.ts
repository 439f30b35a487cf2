import type { Issue, SourceRef } from "../errors.ts";
import { formatObject, type ObjectRef } from "../model/policy.ts";
import { canonical } from "./canonical.ts";
import { checkMap, type Fault, type Field, fault, member, shape, text, textMap } from "./fields.ts";
import type { ManifestObject } from "./object.ts";
import { dnsLabelFault, subdomainFault } from "./syntax.ts";

const METADATA = shape(
  "metadata",
  [
    "name",
    "generateName",
    "namespace",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
    "selfLink",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
  ],
  { matchLabels: "perhaps `labels`", podSelector: "it stands under `spec`" },
);

/** Most characters of one text of a manifest that a message repeats. */
const MOST_SHOWN = 300;

/** Checks the metadata of an object as strictly as the API server does. */
export function checkMetadata(object: Field): void {
  const metadata = member(object, "metadata");
  checkMap(metadata, METADATA);
  checkName(metadata);
  textMap(member(metadata, "labels"), "labels", "ignore");
  textMap(member(metadata, "annotations"), "annotations", "ignore");
}

/** Checks name and namespace alone. */
export function checkName(metadata: Field): void {
  const nameField = member(metadata, "name");
  const name = text(nameField) ?? "";
  const generated = text(member(metadata, "generateName")) ?? "";
  if (name === "" && generated === "") fault(nameField, "is required");
  if (name !== "") noteOnce(nameField, subdomainFault(name));
  const namespaceField = member(metadata, "namespace");
  const namespace = text(namespaceField) ?? "";
  if (namespace !== "") noteOnce(namespaceField, dnsLabelFault(namespace));
}

function noteOnce(field: Field, wrong: string | undefined): void {
  if (wrong !== undefined && field.faults.every((each) => each.path !== field.path)) fault(field, wrong);
}

/**
 * One issue for everything that is wrong with an object: a template that nobody filled in, or what the API server
 * would reject. `undefined` where nothing is.
 */
export function faultIssue(object: ManifestObject, faults: readonly Fault[]): Issue | undefined {
  return objectFault(object.ref, object.source, faults, () => canonical(object.node) ?? object.origin);
}

/** As `faultIssue`, for something that is no object yet. */
export function objectFault(
  ref: ObjectRef,
  source: SourceRef,
  faults: readonly Fault[],
  content: () => string,
): Issue | undefined {
  const first = faults.find((each) => each.template) ?? faults[0];
  if (first === undefined) return undefined;
  const subject = formatObject(ref);
  const others = faults.length - 1;
  const more = others === 0 ? "" : ` (and ${others} more ${others === 1 ? "fault" : "faults"})`;
  const reason = first.template ? "it is a template that nobody filled in" : "the API server rejects it";
  const what = `\`${clip(first.path)}\` ${clip(first.text)}${more}`;
  return {
    code: first.template ? "TEMPLATE" : "REJECTED",
    severity: "error",
    at: { file: source.file, line: first.line },
    message: `\`${clip(subject)}\` is not evaluated, ${reason}: ${what}`,
    subject,
    hides: true,
    content: content(),
  };
}

/** Text of a manifest that is not longer than a line of a report should be. */
export function clip(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
