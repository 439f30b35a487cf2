import type { Issue } from "../errors.ts";
import { satisfies } from "../model/labels.ts";
import { type Direction, formatObject } from "../model/policy.ts";
import { absent, type Field, fault, items, member, memberAt, requireField, root, text, textMap } from "./fields.ts";
import { checkName, clip, faultIssue } from "./metadata.ts";
import type { Decoded, ManifestObject } from "./object.ts";
import { type AddedLabel, type OperatorKind, operatorKind } from "./operators.ts";
import { type PodTemplate, podTemplate } from "./pod-template.ts";
import { labelSelector } from "./selector.ts";
import { countAt, type WorkloadKind, workloadKind } from "./workload-kinds.ts";

/** What one object says of the pods that it makes, before it is known in which cluster. */
export type WorkloadDraft = {
  readonly object: ManifestObject;
  readonly template: PodTemplate;
  readonly replicas: number | undefined;
  /** Ordinal of the first replica. */
  readonly firstReplica: number;
  readonly protected: readonly Direction[];
  /** The object that made this one, by kind and name. */
  readonly owner: { readonly kind: string; readonly name: string } | undefined;
};

const ANNOTATION = "netpol-review.io/protected";

/**
 * The pods of a workload of Kubernetes, OpenShift or a known operator; an issue, and nothing, where the API server
 * would reject the object. Nothing and no issue where it makes no pods by itself.
 */
export function decodeWorkload(object: ManifestObject): Decoded<WorkloadDraft> {
  const at = root(object.node);
  const builtIn = workloadKind(object.ref.group, object.ref.kind);
  const operator = operatorKind(object.ref.group, object.ref.kind);
  if (operator !== undefined && makesNoPods(at, operator)) return { value: undefined, issues: [] };
  const issues: Issue[] = [];
  const made = builtIn === undefined ? operated(at, operator) : built(at, builtIn, object);
  checkOwnMetadata(at);
  const rejected = faultIssue(object, at.faults);
  if (rejected !== undefined) return { value: undefined, issues: [rejected] };
  if (builtIn !== undefined) issues.push(...selectorIssues(at, made.template, object));
  issues.push(...portNameIssues(made.template, object));
  const annotated = protectedSides(at, object);
  issues.push(...annotated.issues);
  const draft: WorkloadDraft = {
    object,
    template: made.template,
    replicas: made.replicas,
    firstReplica: countAt(memberAt(at, ["spec", "ordinals", "start"]), 0) ?? 0,
    protected: annotated.value ?? [],
    owner: ownerOf(at),
  };
  return { value: draft, issues };
}

type Made = { readonly template: PodTemplate; readonly replicas: number | undefined };

function built(at: Field, kind: WorkloadKind, object: ManifestObject): Made {
  const place = memberAt(at, kind.template);
  if (place.node === undefined) requireField(place);
  const spec = member(place, "spec");
  if (spec.node === undefined) requireField(spec);
  const containers = member(spec, "containers");
  if (items(containers).length === 0) requireField(containers);
  const selector = memberAt(at, ["spec", "selector"]);
  const needsSelector = object.ref.group === "apps" && (object.version === "v1" || object.version === "v1beta2");
  if (needsSelector && selector.node === undefined) {
    fault(selector, "is required; a patch is no object and belongs to a kustomization");
  }
  const template = podTemplate(
    memberAt(place, ["metadata", "labels"]),
    memberAt(place, ["metadata", "annotations"]),
    spec,
  );
  const name = text(memberAt(at, ["metadata", "name"]));
  return { template: withLabels(template, kind.added(name, at)), replicas: kind.replicas(at) };
}

function operated(at: Field, kind: OperatorKind | undefined): Made {
  const place = kind === undefined || kind.spec.length === 0 ? undefined : memberAt(at, kind.spec);
  const nowhere = absent(at);
  const labels = kind === undefined ? nowhere : memberAt(at, kind.labels);
  const annotations = kind === undefined ? nowhere : memberAt(at, [...kind.labels.slice(0, -1), "annotations"]);
  const template = podTemplate(labels, annotations, place ?? nowhere);
  const added = kind?.added(text(memberAt(at, ["metadata", "name"])) ?? "") ?? [];
  const labelled = withLabels(template, added);
  const replicas =
    kind === undefined || kind.replicas.length === 0 ? undefined : countAt(memberAt(at, kind.replicas), 1);
  return { template: kind?.wholeSpec === true ? labelled : { ...labelled, ports: undefined }, replicas };
}

/** A Rollout that takes the template of a Deployment: the Deployment stands for its pods. */
function makesNoPods(at: Field, kind: OperatorKind): boolean {
  const needsTemplate = kind.labels[1] === "template" && kind.labels.length === 4;
  return needsTemplate && memberAt(at, ["spec", "template"]).node === undefined;
}

function withLabels(template: PodTemplate, added: readonly AddedLabel[]): PodTemplate {
  return added.length === 0 ? template : { ...template, labels: new Map([...template.labels, ...added]) };
}

/** Types of the object's own labels and annotations; what they say decides nothing. */
function checkOwnMetadata(at: Field): void {
  const metadata = member(at, "metadata");
  checkName(metadata);
  textMap(member(metadata, "labels"), "labels", "ignore");
}

function selectorIssues(at: Field, template: PodTemplate, object: ManifestObject): readonly Issue[] {
  if (object.ref.group !== "apps") return [];
  const field = memberAt(at, ["spec", "selector"]);
  const before = at.faults.length;
  const requirements = labelSelector(field) ?? [];
  const subject = formatObject(object.ref);
  const wrong = at.faults[before]?.text;
  const misses = requirements.some((each) => !satisfies(template.labels, each));
  if (wrong === undefined && !misses) return [];
  const why = wrong === undefined ? "does not match the labels of its own pods" : clip(wrong);
  const message = `the selector of \`${clip(subject)}\` ${why}: the API server rejects it, it is read all the same`;
  return [{ code: "SUSPECT", severity: "warning", at: { ...object.source, line: field.line }, message, subject }];
}

/** Two numbers under one name: lookups take the first, policies both. */
function portNameIssues({ ports }: PodTemplate, object: ManifestObject): readonly Issue[] {
  const first = new Map<string, number>();
  const issues: Issue[] = [];
  for (const { name, protocol, port } of ports ?? []) {
    const known = first.get(`${name}/${protocol}`);
    if (known === undefined) first.set(`${name}/${protocol}`, port);
    if (known === undefined || known === port) continue;
    const subject = formatObject(object.ref);
    const message = `\`${clip(subject)}\` gives the port name \`${name}\` to ${known} and ${port}: a policy that names it means both`;
    issues.push({ code: "SUSPECT", severity: "warning", at: object.source, message, subject });
  }
  return issues;
}

function protectedSides(at: Field, object: ManifestObject): Decoded<readonly Direction[]> {
  const field = memberAt(at, ["metadata", "annotations", ANNOTATION]);
  if (field.node === undefined) return { value: [], issues: [] };
  const given = field.node.kind === "scalar" ? field.node.text.replace(/["'\s]/g, "") : "";
  const sides = given.split(",");
  const known = sides.filter((side): side is Direction => side === "ingress" || side === "egress");
  if (known.length === sides.length) return { value: [...new Set(known)], issues: [] };
  const message = `the annotation \`${ANNOTATION}\` must be \`ingress\`, \`egress\` or \`ingress,egress\`, not \`${clip(given)}\``;
  const subject = formatObject(object.ref);
  const issue: Issue = {
    code: "CONFIG_INVALID",
    severity: "error",
    at: { file: object.source.file, line: field.line },
    message,
    subject,
  };
  return { value: known, issues: [issue] };
}

/** The controlling owner, else the first one; a node owns its static pods in name only. */
function ownerOf(at: Field): WorkloadDraft["owner"] {
  const owners = items(memberAt(at, ["metadata", "ownerReferences"]));
  const controlling = owners.find((each) => {
    const { node } = member(each, "controller");
    return node?.kind === "scalar" && node.value === true;
  });
  const owner = controlling ?? owners[0];
  if (owner === undefined) return undefined;
  const name = text(member(owner, "name")) ?? "";
  const kind = text(member(owner, "kind")) ?? "Pod";
  return name === "" || kind === "Node" ? undefined : { kind, name };
}
