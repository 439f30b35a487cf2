import { type Issue, place } from "../../errors.ts";
import { formatObject } from "../../model/policy.ts";
import { items, member, root } from "../fields.ts";
import type { ManifestObject } from "../object.ts";
import { enforces, type Profile, profileNamed } from "./profiles.ts";

/** How a plugin's own DaemonSet shows: by its name, or by the repository of one of its images. */
type Mark = { readonly plugin: string; readonly names: readonly string[]; readonly images: readonly RegExp[] };

const MARKS: readonly Mark[] = [
  mark("calico", ["calico-node"], /(^|\/)calico\/node$|\/calico-node$/),
  mark("canal", ["canal", "rke2-canal"]),
  mark("cilium", ["cilium"], /(^|\/)cilium\/cilium(-ci)?$/),
  mark("weave-net", ["weave-net"], /(^|\/)weaveworks\/weave-(npc|kube)$/),
  mark("kube-router", ["kube-router"], /(^|\/)cloudnativelabs\/kube-router$/),
  mark("romana", ["romana-agent"], /(^|\/)romana\/agent$/),
  mark(
    "flannel",
    ["kube-flannel", "kube-flannel-ds", "kube-flannel-ds-amd64"],
    /flannel(cni)?[/-]flannel$|(^|\/)coreos\/flannel$/,
  ),
  mark("antrea", ["antrea-agent"], /(^|\/)antrea\/antrea-(agent.*|ubuntu)$/),
  mark("ovn-kubernetes", ["ovnkube-node"], /(^|\/)ovn-kubernetes\/ovn-kube.*$/),
  mark("aws-vpc-cni", ["aws-node"], /(^|\/)amazon\/aws-network-policy-agent$|(^|\/)amazon-k8s-cni$/),
  mark("azure-npm", ["azure-npm"], /(^|\/)azure-npm$/),
  mark("kube-network-policies", ["kube-network-policies"], /(^|\/)networking\/kube-network-policies$/),
  mark("kindnet", ["kindnet"], /(^|\/)kindnet\/kindnetd$|(^|\/)kindnetd$/),
];

/** The plugin whose own DaemonSet stands in a tree. */
export type Recognised = {
  readonly profile: Profile;
  /** Continues "… is assumed: …". */
  readonly reason: string;
  readonly issues: readonly Issue[];
};

/**
 * The plugin that `objects` install, by its DaemonSet. Flannel beside another one is the network under it; Calico's
 * policy on Flannel's network is Canal.
 */
export function recognisePlugin(objects: readonly ManifestObject[]): Recognised | undefined {
  const found = new Map<string, ManifestObject>();
  for (const object of objects) {
    if (object.ref.kind !== "DaemonSet") continue;
    for (const plugin of pluginsOf(object)) if (!found.has(plugin)) found.set(plugin, object);
  }
  const calico = found.get("calico");
  if (calico !== undefined && found.has("flannel") && !found.has("canal")) found.set("canal", calico);
  if (found.has("canal")) for (const part of ["calico", "flannel"]) found.delete(part);
  const enforcing = [...found.keys()].filter((name) => isEnforcing(name));
  const [chosen, ...others] = enforcing.length > 0 ? enforcing : [...found.keys()];
  const object = chosen === undefined ? undefined : found.get(chosen);
  const profile = chosen === undefined ? undefined : profileNamed(chosen);
  if (object === undefined || profile === undefined) return undefined;
  const reason = `the tree installs it with \`${formatObject(object.ref)}\` at ${place(object.source)}`;
  return { profile, reason, issues: others.flatMap((name) => ambiguous(profile, name, found.get(name))) };
}

function ambiguous(profile: Profile, other: string, object: ManifestObject | undefined): readonly Issue[] {
  if (object === undefined) return [];
  const subject = formatObject(object.ref);
  const message = `\`${subject}\` installs \`${other}\`, and the tree installs \`${profile.name}\` too, which is assumed: say which one with \`cni\``;
  return [{ code: "PLUGIN", severity: "warning", at: object.source, message, subject }];
}

function isEnforcing(name: string): boolean {
  const profile = profileNamed(name);
  return profile !== undefined && enforces(profile);
}

function pluginsOf(object: ManifestObject): readonly string[] {
  const images = imagesOf(object);
  return MARKS.filter(
    ({ names, images: patterns }) =>
      names.includes(object.ref.name) || images.some((image) => patterns.some((pattern) => pattern.test(image))),
  ).map(({ plugin }) => plugin);
}

/** The repositories of the images of all containers, without tag and digest. */
function imagesOf({ node }: ManifestObject): readonly string[] {
  const spec = member(member(member(root(node), "spec"), "template"), "spec");
  return ["containers", "initContainers"].flatMap((list) =>
    items(member(spec, list)).flatMap((container) => {
      const image = member(container, "image").node;
      if (image?.kind !== "scalar" || typeof image.value !== "string") return [];
      return [image.value.replace(/@.*$/, "").replace(/:[^:/]*$/, "")];
    }),
  );
}

function mark(plugin: string, names: readonly string[], ...images: readonly RegExp[]): Mark {
  return { plugin, names, images };
}
