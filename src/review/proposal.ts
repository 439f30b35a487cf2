import type { PeerSelector } from "../gate/rule.ts";
import { CONTROLLER_LABELS } from "../manifest/workload-kinds.ts";
import { type Cluster, formatWorkload, type Workload } from "../model/cluster.ts";
import { formatObject, type Policy } from "../model/policy.ts";
import { holds } from "../model/predicate.ts";
import { selectorsOf } from "./allowed-peers.ts";
import { clientPorts, type DataStore, dataStoreOf } from "./data-stores.ts";
import { folderClusters } from "./folder-clusters.ts";
import { imagesOf } from "./images.ts";
import type { Survey } from "./survey.ts";

/** A protected path to begin with: a data store, and whom its policies let in today. */
export type ProposedRule = {
  readonly name: string;
  readonly product: string;
  readonly workload: string;
  readonly namespace: string;
  readonly labels: readonly (readonly [key: string, value: string])[];
  readonly ports: readonly number[];
  readonly allowed: readonly PeerSelector[];
  /** Why it is not in force yet; empty: it is. */
  readonly withheld: string;
};

/** One of several clusters. */
type ProposedCluster = { readonly name: string; readonly kind: "kustomize" | "paths"; readonly path: string };

/** What a first configuration can say about a repository. */
export type Proposal = {
  /** Several, or none. */
  readonly clusters: readonly ProposedCluster[];
  /** They hold everything that was read, so that naming them leaves out nothing. */
  readonly clustersHold: boolean;
  /** Where all clusters agree, and why. */
  readonly cni: { readonly name: string; readonly reason: string } | undefined;
  readonly plugins: readonly string[];
  readonly rules: readonly ProposedRule[];
  /** Globs of folders that look as if nobody deployed them. */
  readonly fixtures: readonly string[];
};

/** What a first configuration would hold. */
export function propose(survey: Survey, fixtures: readonly string[]): Proposal {
  const plugins = survey.clusters.map(({ cluster }) => cluster.plugin);
  const [first] = plugins;
  const agreed = plugins.every(({ name }) => name === first?.name) ? first : undefined;
  return {
    ...clustersOf(survey),
    cni: agreed?.name === undefined ? undefined : { name: agreed.name, reason: agreed.reason },
    plugins: [...new Set(plugins.flatMap(({ name }) => name ?? []))].sort(),
    rules: rulesOf(survey),
    fixtures,
  };
}

function clustersOf(survey: Survey): Pick<Proposal, "clusters" | "clustersHold"> {
  const names = survey.clusters.map(({ deployed }) => deployed.name);
  if (names.length > 1) {
    const roots = names.filter((name) => survey.tree.entries.some(({ path }) => path.startsWith(`${name}/`)));
    return { clusters: roots.map((path) => ({ name: path, kind: "kustomize", path })), clustersHold: false };
  }
  const { folders, complete } = folderClusters(survey);
  const last = (folder: string) => folder.split("/").at(-1) ?? folder;
  const areUnique = new Set(folders.map(last)).size === folders.length;
  const clusters = folders.map(
    (path): ProposedCluster => ({ name: areUnique ? last(path) : path, kind: "paths", path }),
  );
  return { clusters, clustersHold: complete };
}

function rulesOf(survey: Survey): readonly ProposedRule[] {
  const found = new Map<string, ProposedRule>();
  const names = new Set<string>();
  for (const surveyed of survey.clusters) {
    const images = imagesOf(survey.tree, surveyed);
    for (const workload of surveyed.cluster.workloads) {
      const product = dataStoreOf(workload, images(workload));
      if (product === undefined) continue;
      const labels = identifying(workload);
      const key = JSON.stringify([workload.namespace, labels]);
      const rule = ruleOf(surveyed.cluster, { workload, product, labels });
      const known = found.get(key);
      if (known !== undefined) found.set(key, joined(known, rule));
      else found.set(key, { ...rule, name: unused(names, workload) });
    }
  }
  return [...found.values()];
}

function unused(names: Set<string>, { namespace, name }: Workload): string {
  const plain = (text: string) => text.replace(/[^\w.-]/g, "-").slice(0, 80);
  const candidates = [`${plain(name)}-ingress`, `${plain(namespace)}-${plain(name)}-ingress`.slice(0, 90)];
  const free = candidates.find((each) => !names.has(each));
  const chosen = free ?? `${candidates[1]}-${names.size}`;
  names.add(chosen);
  return chosen;
}

/** Labels that change with each release, or that many things share. */
const PASSING = /^(app\.kubernetes\.io\/(version|managed-by|part-of)|helm\.sh\/chart|chart|release|heritage|version)$/;

/** The labels to know a workload by: the shortest usual ones, else all that last. */
function identifying({ pod }: Workload): ProposedRule["labels"] {
  const lasting = [...pod.labels].flatMap(([key, value]): [string, string][] =>
    value === undefined || CONTROLLER_LABELS.has(key) || PASSING.test(key) ? [] : [[key, value]],
  );
  return lasting.sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, 6);
}

type Found = { readonly workload: Workload; readonly product: DataStore; readonly labels: ProposedRule["labels"] };

function ruleOf(cluster: Cluster, { workload, product, labels }: Found): ProposedRule {
  const policies = cluster.policies.filter(
    ({ direction, subject }) => direction === "ingress" && holds(subject, { kind: "pod", pod: workload.pod }),
  );
  const { allowed, withheld } = allowedBy(policies);
  return {
    name: "",
    product: product.product,
    workload: formatWorkload(workload),
    namespace: workload.namespace,
    labels,
    ports: clientPorts(workload, product),
    allowed,
    withheld:
      labels.length === 0
        ? "its pods have no labels to know them by"
        : workload.pod.hostNetwork
          ? "it is in its node's network, where no policy governs it"
          : withheld,
  };
}

function allowedBy(policies: readonly Policy[]): Pick<ProposedRule, "allowed" | "withheld"> {
  const nobody = "no policy restricts who may connect to it; write one first";
  if (!policies.some(({ isolates }) => isolates)) return { allowed: [], withheld: nobody };
  const allowed: PeerSelector[] = [];
  for (const { rules, object } of policies) {
    for (const { action, peer } of rules) {
      if (action !== "allow") continue;
      const peers = selectorsOf(peer);
      if (peers === undefined) {
        return { allowed: [], withheld: `\`${formatObject(object)}\` selects by what a rule cannot say` };
      }
      allowed.push(...peers);
    }
  }
  if (allowed.some(({ kind }) => kind === "anywhere")) {
    return { allowed: [], withheld: "its policies let everybody in; narrow them first" };
  }
  return { allowed: unique(allowed), withheld: "" };
}

function joined(a: ProposedRule, b: ProposedRule): ProposedRule {
  return {
    ...a,
    ports: [...new Set([...a.ports, ...b.ports])],
    allowed: unique([...a.allowed, ...b.allowed]),
    withheld: a.withheld === "" ? b.withheld : a.withheld,
  };
}

function unique(peers: readonly PeerSelector[]): readonly PeerSelector[] {
  const text = (peer: PeerSelector) =>
    JSON.stringify(peer, (_, value) => (typeof value === "bigint" ? `${value}` : value));
  return [...new Map(peers.map((peer) => [text(peer), peer])).values()];
}
