import { foreignKind } from "./foreign.ts";
import { kindRow, needed, neededWhenChanged, splitApiVersion } from "./kinds.ts";
import { NETWORK_ANNOTATIONS } from "./other-networks.ts";
import { workloadKind } from "./workload-kinds.ts";
import { type Need, type Wanted, wantedPaths } from "./yaml/wanted.ts";

/** What the decoders read of an unchanged file. */
export const NEED: Need = { needed, wanted };

/** What the decoders read of a file that differs between the sides: all of each object, and text in ConfigMaps. */
export const NEED_WHEN_CHANGED: Need = { needed: neededWhenChanged, wanted: () => "all" };

const METADATA = [
  "apiVersion",
  "kind",
  "$patch",
  "metadata.name",
  "metadata.generateName",
  "metadata.namespace",
  "metadata.labels.*",
  "metadata.ownerReferences.*",
  "metadata.annotations.netpol-review~io/protected",
];

const POD_SPEC = [
  "hostNetwork",
  "serviceAccountName",
  "serviceAccount",
  ...["containers", "initContainers"].flatMap((list) =>
    ["image", "command.*", "args.*", "ports.*", "restartPolicy"].map((field) => `${list}.${field}`),
  ),
];

const SPEC = ["replicas", "selector.*", "parallelism", "completions", "completionMode", "manualSelector", "ordinals.*"];

const cache = new Map<string, Wanted>();

/** The parts of an object of this type that anybody reads. Policies are read whole: an unknown field is an error. */
function wanted(kind: string, apiVersion: string): Wanted {
  const key = `${apiVersion} ${kind}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = partsOf(kind, apiVersion);
  if (cache.size < 1000) cache.set(key, made);
  return made;
}

function partsOf(kind: string, apiVersion: string): Wanted {
  const { group } = splitApiVersion(apiVersion);
  const row = kindRow(group, kind);
  if (row === undefined || foreignKind(group, kind) !== undefined) return "all";
  if (row.role === "namespace" || row.role === "serviceaccount") return paths(METADATA);
  if (row.role === "exposure") return paths([...METADATA, "spec.parentRefs.*", "spec.rules.*"]);
  const builtIn = workloadKind(row.group, row.kind);
  if (builtIn !== undefined) {
    const prefix = builtIn.template.map((name) => `${name}.`).join("");
    const job = row.kind === "CronJob" ? "spec.jobTemplate.spec." : "spec.";
    return paths([
      ...METADATA,
      ...SPEC.map((field) => `${job}${field}`),
      `${prefix}metadata.labels.*`,
      ...NETWORK_ANNOTATIONS.map((key) => `${prefix}metadata.annotations.${key.replaceAll(".", "~")}`),
      ...POD_SPEC.map((field) => `${prefix}spec.${field}`),
    ]);
  }
  return "all";
}

/** As `wantedPaths`, for paths in which `~` stands for a dot inside a key. */
function paths(list: readonly string[]): Wanted {
  return undot(wantedPaths(...list));
}

function undot(tree: Wanted): Wanted {
  if (tree === "all") return tree;
  return new Map([...tree].map(([name, below]) => [name.replaceAll("~", "."), undot(below)]));
}
