import type { LabelSet } from "../model/labels.ts";
import { type Field, items, member, memberAt } from "./fields.ts";

/** Something in a manifest that attaches pods to a network where the cluster's policies do not govern them. */
type Attachment = {
  readonly key: string;
  readonly on: "pod annotation" | "namespace label";
  /** `value`: the text names the networks, and no text none; `presence`: the key alone does it. */
  readonly by: "value" | "presence";
  readonly source: string;
};

/** One row an annotation or label, each with where it is described. */
const ATTACHMENTS: readonly Attachment[] = [
  {
    key: "k8s.v1.cni.cncf.io/networks",
    on: "pod annotation",
    by: "value",
    source: "Network Plumbing Working Group, Kubernetes Network Custom Resource Definition De-facto Standard, 4",
  },
  {
    key: "v1.multus-cni.io/default-network",
    on: "pod annotation",
    by: "value",
    source: "k8snetworkplumbingwg/multus-cni docs/configuration.md, Specify default cluster network in Pod annotations",
  },
  {
    key: "networking.gke.io/interfaces",
    on: "pod annotation",
    by: "value",
    source: "GKE documentation, Set up multi-network support for Pods; GoogleCloudPlatform/gke-networking-api",
  },
  {
    key: "networking.gke.io/default-interface",
    on: "pod annotation",
    by: "value",
    source: "GKE documentation, Set up multi-network support for Pods",
  },
  {
    key: "danm.io/interfaces",
    on: "pod annotation",
    by: "value",
    source: "nokia/danm pkg/metacni/metacni.go",
  },
  {
    key: "danm.k8s.io/interfaces",
    on: "pod annotation",
    by: "value",
    source: "nokia/danm pkg/metacni/metacni.go, before version 4",
  },
  {
    key: "k8s.ovn.org/primary-user-defined-network",
    on: "namespace label",
    by: "presence",
    source: "ovn-kubernetes docs/features/user-defined-networks; OpenShift documentation, Primary networks",
  },
];

const ANNOTATIONS = ATTACHMENTS.filter(({ on }) => on === "pod annotation");
const NAMESPACE_LABELS = ATTACHMENTS.filter(({ on }) => on === "namespace label");

/** The annotations of a pod template that `networksOf` asks for. */
export const NETWORK_ANNOTATIONS: readonly string[] = ANNOTATIONS.map(({ key }) => key);

/** What attaches the pods of a template to networks beside the cluster's: `k8s.v1.cni.cncf.io/networks=macvlan`. */
export function networksOf(annotations: Field, spec: Field): readonly string[] {
  if (annotations.node?.kind !== "map" && spec.node?.kind !== "map") return NONE;
  const out: string[] = [];
  for (const { key } of ANNOTATIONS) {
    const value = plain(member(annotations, key));
    if (value !== "") out.push(`${key}=${value}`);
  }
  if (member(spec, "networks").node?.kind === "seq") {
    for (const network of items(member(spec, "networks"))) {
      const name = plain(memberAt(network, ["multus", "networkName"]));
      if (name !== "") out.push(`multus.networkName=${name}`);
    }
  }
  return out.length === 0 ? NONE : out;
}

const NONE: readonly string[] = [];

/** What attaches every pod of a namespace to a network of its own. */
export function networksOfNamespace(labels: LabelSet): readonly string[] {
  const found = NAMESPACE_LABELS.filter(({ key }) => labels.has(key));
  return found.length === 0 ? NONE : found.map(({ key }) => key);
}

/** One line, whatever the layout; empty for anything that is no text. */
function plain({ node }: Field): string {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value.replace(/\s+/g, " ").trim() : "";
}
