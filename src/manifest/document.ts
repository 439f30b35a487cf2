import type { Issue, SourceRef } from "../errors.ts";
import type { ObjectRef } from "../model/policy.ts";
import { canonical } from "./canonical.ts";
import { controlOf } from "./controls.ts";
import { type Field, fault, isTemplateText, member, memberAt, requireField, root, text } from "./fields.ts";
import { foreignKind, policiesInTexts, wrappedKinds } from "./foreign.ts";
import { canExist, type KindRow, kindRow, misspeltKind, namesPolicy, splitApiVersion } from "./kinds.ts";
import { objectFault } from "./metadata.ts";
import type { ManifestObject } from "./object.ts";
import type { YamlMap } from "./yaml/node.ts";

/** One document, or one item of a list, and what is known of it besides its text. */
export type Document = {
  readonly node: YamlMap;
  readonly file: string;
  readonly origin: string;
  readonly defaultNamespace: ManifestObject["defaultNamespace"];
};

/** What one document is: an object that somebody decodes, and what there is to say about it. */
export type ReadDocument = { readonly object: ManifestObject | undefined; readonly issues: readonly Issue[] };

const NOTHING: ReadDocument = { object: undefined, issues: [] };

/** The object that a document describes, if it is of a kind that the program knows. */
export function readDocument(document: Document): ReadDocument {
  const at = root(document.node);
  const kind = text(member(at, "kind")) ?? "";
  const apiVersion = text(member(at, "apiVersion")) ?? "";
  const { group, version } = splitApiVersion(apiVersion);
  const source = { file: document.file, line: kindLine(document.node) };
  const ref = { group, kind, namespace: "", name: nameOf(document.node) };
  if (at.faults.length > 0) return { object: undefined, issues: unfinished(at, ref, source, document) };
  const known = kindRow(group, kind);
  if (known === undefined) return unknownKind(document, { ref, apiVersion, source });
  if (document.node.entries.has("$patch")) return { object: undefined, issues: [patchIssue(ref, source, document)] };
  if (known.role === "exposure") return exposureOf(document, known, { source, version });
  if (known.role === "foreign") return { object: undefined, issues: foreignIssues(document, ref, source) };
  if (known.versions.length > 0 && !known.versions.includes(version) && group === known.group) {
    fault(
      member(at, "apiVersion"),
      `has no version \`${version}\` of this kind: write \`${group}/${known.versions[0]}\``,
    );
  }
  return objectOf(document, { at, known, version, source });
}

/** What stands in front of pods holds neither pods nor policies: nothing in it is a fault. */
function exposureOf(
  { node, origin, defaultNamespace }: Document,
  { group, kind }: KindRow,
  { source, version }: { readonly source: SourceRef; readonly version: string },
): ReadDocument {
  if (node.entries.has("$patch")) return NOTHING;
  const namespace = text(memberAt(root(node), ["metadata", "namespace"])) ?? "";
  const object: ManifestObject = { ref: { group, kind, namespace, name: nameOf(node) }, version, node, source, origin };
  return { object: defaultNamespace === undefined ? object : { ...object, defaultNamespace }, issues: [] };
}

function objectOf(
  document: Document,
  read: { readonly at: Field; readonly known: KindRow; readonly version: string; readonly source: SourceRef },
): ReadDocument {
  const { at, known, version, source } = read;
  const metadata = member(at, "metadata");
  const name = text(member(metadata, "name")) ?? "";
  const generated = text(member(metadata, "generateName")) ?? "";
  const namespace = text(member(metadata, "namespace")) ?? "";
  const group = known.group;
  const ref: ObjectRef = {
    group,
    kind: known.kind,
    namespace: known.scope === "cluster" ? "" : namespace,
    name: name === "" ? generated : name,
  };
  if (ref.name === "") requireField(member(metadata, "name"));
  const shown = ref.name === "" ? { ...ref, name: nameOf(document.node) } : ref;
  const rejected = objectFault(shown, source, at.faults, () => canonical(document.node) ?? document.origin);
  if (rejected !== undefined) return { object: undefined, issues: [rejected] };
  const { node, origin, defaultNamespace } = document;
  const control = controlOf(node);
  const object: ManifestObject = {
    ...{ ref, version, node, source, origin },
    ...(control === undefined ? {} : { control }),
    ...(defaultNamespace === undefined ? {} : { defaultNamespace }),
  };
  return { object, issues: [] };
}

/** The line of `kind`, or of the map where it has none. */
export function kindLine(node: YamlMap): number {
  return node.entries.get("kind")?.keyLine ?? node.line;
}

/** `metadata.name`, or a placeholder for messages. */
function nameOf(node: YamlMap): string {
  const metadata = node.entries.get("metadata")?.value;
  const name = metadata?.kind === "map" ? metadata.entries.get("name")?.value : undefined;
  return name?.kind === "scalar" && name.value !== null ? name.text : "(no name)";
}

/** `kind` or `apiVersion` is a placeholder, and the document could be one of ours; anything else is no object. */
function unfinished(at: Field, ref: ObjectRef, source: SourceRef, document: Document): readonly Issue[] {
  const templates = at.faults.filter((each) => each.template);
  if (!isTemplateText(ref.kind) && !kindIsOurs(ref.kind) && !namesPolicy(ref.kind)) return [];
  const shown = { ...ref, kind: isTemplateText(ref.kind) ? "object" : ref.kind };
  const issue = objectFault(shown, source, templates, () => canonical(document.node) ?? document.origin);
  return issue === undefined ? [] : [issue];
}

function unknownKind(
  document: Document,
  known: { readonly ref: ObjectRef; readonly apiVersion: string; readonly source: SourceRef },
): ReadDocument {
  const { ref, apiVersion, source } = known;
  const { node, origin } = document;
  const at = root(node);
  const meant = misspeltKind(ref.group, ref.kind);
  const field = member(at, "kind");
  if (meant !== undefined) fault(field, `must be spelt \`${meant.kind}\`, not \`${ref.kind}\``);
  else if (ref.kind === "" && ref.group.endsWith("networking.k8s.io")) {
    fault(field, "is required");
  } else if (apiVersion === "" && (kindIsOurs(ref.kind) || namesPolicy(ref.kind))) {
    fault(member(at, "apiVersion"), "is required");
  } else if (namesPolicy(ref.kind) && !canExist(ref.group)) {
    fault(member(at, "apiVersion"), `serves no \`${ref.kind}\`: no API group \`${ref.group}\` exists`);
  } else if (namesPolicy(ref.kind) && ref.group === "") {
    fault(member(at, "apiVersion"), `serves no \`${ref.kind}\``);
  }
  const rejected = objectFault(ref, source, at.faults, () => canonical(node) ?? origin);
  if (rejected !== undefined) return { object: undefined, issues: [rejected] };
  if (holdsText(ref)) return { object: undefined, issues: textIssues(document, ref, source) };
  if (!namesPolicy(ref.kind)) return NOTHING;
  const message = `\`${ref.kind}\` of the API group \`${ref.group}\` is not known: it is not evaluated`;
  return {
    object: undefined,
    issues: [hiding("UNKNOWN_KIND", { ref, source, message }, document)],
  };
}

/** Kinds that are ours in the core group or in `apps`, where an `apiVersion` was forgotten. */
function kindIsOurs(kind: string): boolean {
  return ["", "apps", "batch", "networking.k8s.io", "policy.networking.k8s.io"].some((group) => {
    const row = kindRow(group, kind);
    return row !== undefined && row.role !== "exposure";
  });
}

function patchIssue(ref: ObjectRef, source: SourceRef, document: Document): Issue {
  return {
    code: "PATCH",
    severity: "warning",
    at: source,
    message: `\`${ref.kind} ${ref.name}\` is a patch (\`$patch\`) and no object: it is not evaluated`,
    subject: `${ref.kind} ${ref.name}`,
    content: canonical(document.node) ?? document.origin,
  };
}

function foreignIssues(document: Document, ref: ObjectRef, source: SourceRef): readonly Issue[] {
  const foreign = foreignKind(ref.group, ref.kind);
  if (foreign === undefined) return [];
  let { why } = foreign;
  if (foreign.sort === "wrapper") {
    const inside = wrappedKinds(document.node);
    if (inside.length === 0) return [];
    why = `holds ${inside.map((kind) => `\`${kind}\``).join(", ")}`;
  }
  const message = `\`${ref.kind} ${ref.name}\` of \`${ref.group}\` is not analysed: it ${why}`;
  return [hiding("NOT_ANALYSED", { ref, source, message }, document)];
}

/** Kinds in which texts can be manifests: read where they changed. */
function holdsText({ group, kind }: ObjectRef): boolean {
  if (group === "argoproj.io") return kind.endsWith("Workflow") || kind.endsWith("WorkflowTemplate");
  return group === "" && kind === "ConfigMap";
}

function textIssues(document: Document, ref: ObjectRef, source: SourceRef): readonly Issue[] {
  const found = policiesInTexts(document.node);
  if (found.length === 0) return [];
  const kinds = found.map((kind) => `\`${kind}\``);
  const message = `\`${ref.kind} ${ref.name}\` holds the text of ${kinds.join(", ")}: it is not analysed`;
  return [hiding("NOT_ANALYSED", { ref, source, message }, document)];
}

function hiding(
  code: "UNKNOWN_KIND" | "NOT_ANALYSED",
  about: { readonly ref: ObjectRef; readonly source: SourceRef; readonly message: string },
  document: Document,
): Issue {
  return {
    code,
    severity: "error",
    at: about.source,
    message: about.message,
    subject: `${about.ref.kind} ${about.ref.name}`,
    hides: true,
    content: canonical(document.node) ?? document.origin,
  };
}
