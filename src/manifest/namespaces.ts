import type { Issue } from "../errors.ts";
import type { Namespace } from "../model/cluster.ts";
import { NAME_LABEL } from "../model/labels.ts";
import { formatObject } from "../model/policy.ts";
import type { ClusterOptions } from "./context.ts";
import { member, memberAt, root } from "./fields.ts";
import { checkName, clip, faultIssue } from "./metadata.ts";
import type { ManifestObject } from "./object.ts";
import { podLabels } from "./pod-template.ts";

/** Namespaces by name. */
export type Namespaces = { readonly byName: ReadonlyMap<string, Namespace>; readonly issues: readonly Issue[] };

type DecodedNamespace = { readonly namespace: Namespace | undefined; readonly issues: readonly Issue[] };

const decoded = new WeakMap<ManifestObject, DecodedNamespace>();
const undeclared = new WeakMap<ReadonlyMap<string, ReadonlyMap<string, string>>, Map<string, Namespace>>();

/**
 * The namespaces that `objects` declare, those of `mentioned` that none declares, and those that only the
 * configuration knows. The name label is always the true name, whatever a manifest says.
 * Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go, SetDefaults_Namespace; `docs/semantics.md`, N01.
 */
export function findNamespaces(
  objects: readonly ManifestObject[],
  mentioned: Iterable<string>,
  options: ClusterOptions,
): Namespaces {
  const byName = new Map<string, Namespace>();
  const issues: Issue[] = [];
  for (const object of objects) {
    const { namespace, issues: found } = decodeNamespace(object);
    if (namespace !== undefined) byName.set(namespace.name, namespace);
    issues.push(...found);
  }
  for (const names of [mentioned, options.namespaceLabels.keys()]) {
    for (const name of names) if (!byName.has(name)) byName.set(name, undeclaredNamespace(name, options));
  }
  return { byName, issues };
}

function decodeNamespace(object: ManifestObject): DecodedNamespace {
  const known = decoded.get(object);
  if (known !== undefined) return known;
  const result = readNamespace(object);
  decoded.set(object, result);
  return result;
}

function readNamespace(object: ManifestObject): DecodedNamespace {
  const at = root(object.node);
  const { name } = object.ref;
  checkName(member(at, "metadata"));
  const entries = podLabels(memberAt(at, ["metadata", "labels"]));
  const rejected = faultIssue(object, at.faults);
  if (rejected !== undefined) return { namespace: undefined, issues: [rejected] };
  const labels = new Map([...entries].map(([key, { value }]) => [key, value]));
  const claimed = entries.get(NAME_LABEL);
  labels.set(NAME_LABEL, name);
  const namespace: Namespace = { name, labels, declared: true, source: object.source };
  if (claimed === undefined || claimed.value === name) return { namespace, issues: [] };
  const subject = formatObject(object.ref);
  const message = `\`${clip(subject)}\` claims \`${NAME_LABEL}: ${clip(claimed.value)}\`: the API server overwrites it with the true name`;
  const place = { file: object.source.file, line: claimed.line };
  return { namespace, issues: [{ code: "SUSPECT", severity: "warning", at: place, message, subject }] };
}

function undeclaredNamespace(name: string, options: ClusterOptions): Namespace {
  const known = undeclared.get(options.namespaceLabels) ?? new Map<string, Namespace>();
  undeclared.set(options.namespaceLabels, known);
  const same = known.get(name);
  if (same !== undefined) return same;
  const labels = new Map(options.namespaceLabels.get(name) ?? []).set(NAME_LABEL, name);
  const namespace: Namespace = { name, labels, declared: false, source: undefined };
  known.set(name, namespace);
  return namespace;
}
