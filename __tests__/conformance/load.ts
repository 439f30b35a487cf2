import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { convertAdmin } from "../../src/manifest/admin.ts";
import { convertCalico } from "../../src/manifest/calico/convert.ts";
import { calicoPlan } from "../../src/manifest/calico/tiers.ts";
import { ciliumPlan, convertCilium } from "../../src/manifest/cilium/convert.ts";
import { underCilium } from "../../src/manifest/cilium/surroundings.ts";
import type { ConvertContext } from "../../src/manifest/context.ts";
import { joinConverted } from "../../src/manifest/converted.ts";
import { type Field, items, member, root, text, textMap } from "../../src/manifest/fields.ts";
import { convertNetworkPolicy } from "../../src/manifest/networkpolicy.ts";
import type { ManifestObject } from "../../src/manifest/object.ts";
import { readObjects } from "../../src/manifest/objects.ts";
import { readDocuments } from "../../src/manifest/yaml/read.ts";
import type { Cluster, Namespace, Workload } from "../../src/model/cluster.ts";
import type { ContainerPort } from "../../src/model/endpoint.ts";
import { NO_LABELS } from "../../src/model/labels.ts";
import { parseCidr } from "../../src/sets/address-text.ts";
import { NO_ADDRESS, unionAddresses } from "../../src/sets/addresses.ts";

export type LoadOptions = { readonly cni: "calico" | "cilium"; readonly podCidrs: readonly string[] };

/** The cluster that a folder of manifests describes under one plugin; enough of it for the conformance data. */
export function load(folder: string, options: LoadOptions): Cluster {
  const objects = filesBelow(folder).flatMap((file) => {
    const { documents, issues } = readDocuments(readFileSync(file), relative(folder, file));
    if (issues.some(({ severity }) => severity === "error")) throw new Error(JSON.stringify(issues));
    const read = readObjects(
      documents.map(({ node }) => node),
      { file: relative(folder, file), blob: file },
    );
    if (read.issues.length > 0) throw new Error(JSON.stringify(read.issues));
    return read.objects;
  });
  return assemble(objects, options);
}

function assemble(objects: readonly ManifestObject[], options: LoadOptions): Cluster {
  const plan = options.cni === "calico" ? calicoPlan(objects) : ciliumPlan();
  const namespaces = readNamespaces(objects);
  const workloads = readWorkloads(objects, namespaces, options);
  const podCidrs = options.podCidrs
    .map((cidr) => parseCidr(cidr)?.set ?? NO_ADDRESS)
    .reduce(unionAddresses, NO_ADDRESS);
  const context: ConvertContext = {
    options: {
      namespace: "default",
      cni: options.cni,
      podCidrs,
      ipBlocks: undefined,
      staged: "ignore",
      namespaceLabels: new Map(),
    },
    plan,
    blocksMatchPods: options.cni === "calico",
    namespaces,
    workloads,
    services: objects.filter(({ ref }) => ref.kind === "Service"),
  };
  const policies = objects.filter(({ ref }) => ref.group === "networking.k8s.io" && ref.kind === "NetworkPolicy");
  const admin = objects.filter(({ ref }) => ref.group === "policy.networking.k8s.io");
  const converted = joinConverted([
    ...policies.map((object) => convertNetworkPolicy(object, context)),
    convertAdmin(admin, context),
    convertCalico(objects, context),
    convertCilium(objects, context),
  ]);
  return {
    ...converted,
    policies: options.cni === "cilium" ? underCilium(converted.policies) : converted.policies,
    namespaces,
    workloads,
    plugin: { name: options.cni, reason: "configured", enforces: true },
    counts: { files: 0, documents: 0, skipped: 0, workloads: workloads.length, policies: converted.policies.length },
  };
}

function readNamespaces(objects: readonly ManifestObject[]): ReadonlyMap<string, Namespace> {
  const namespaces = new Map<string, Namespace>();
  for (const { ref, node, source } of objects) {
    if (ref.kind !== "Namespace") continue;
    const labels = labelsOf(member(root(node), "metadata")).set("kubernetes.io/metadata.name", ref.name);
    namespaces.set(ref.name, { name: ref.name, labels, declared: true, source });
  }
  return namespaces;
}

function readWorkloads(
  objects: readonly ManifestObject[],
  namespaces: ReadonlyMap<string, Namespace>,
  options: LoadOptions,
): readonly Workload[] {
  const accounts = new Map(
    objects
      .filter(({ ref }) => ref.kind === "ServiceAccount")
      .map(({ ref, node }) => [`${ref.namespace}/${ref.name}`, labelsOf(member(root(node), "metadata"))]),
  );
  return objects.flatMap(({ ref, node, source }) => {
    if (!["Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet"].includes(ref.kind)) return [];
    const top = root(node);
    const pod = ref.kind === "Pod" ? top : member(member(top, "spec"), "template");
    const spec = member(pod, "spec");
    const serviceAccount = text(member(spec, "serviceAccountName")) ?? "default";
    return [
      {
        namespace: ref.namespace,
        name: ref.name,
        kind: ref.kind,
        pod: {
          namespace: ref.namespace,
          labels: labelsOf(member(pod, "metadata")),
          namespaceLabels:
            namespaces.get(ref.namespace)?.labels ?? new Map([["kubernetes.io/metadata.name", ref.namespace]]),
          serviceAccount,
          serviceAccountLabels: accounts.get(`${ref.namespace}/${serviceAccount}`) ?? NO_LABELS,
          ports: portsOf(spec, options),
          hostNetwork: false,
        },
        replicas: 1,
        source,
        labelLines: new Map(),
        protected: [],
        templateDigest: "",
        declaredPorts: "",
      },
    ];
  });
}

/** Calico reads the ports of every init container, the others those of sidecars. */
function portsOf(spec: Field, options: LoadOptions): readonly ContainerPort[] {
  const initial = items(member(spec, "initContainers")).filter(
    (container) => options.cni === "calico" || text(member(container, "restartPolicy")) === "Always",
  );
  return [...items(member(spec, "containers")), ...initial].flatMap((container) =>
    items(member(container, "ports")).map((port) => {
      const protocol = text(member(port, "protocol")) ?? "TCP";
      const number = member(port, "containerPort").node;
      if (protocol !== "TCP" && protocol !== "UDP" && protocol !== "SCTP") throw new Error(`no protocol: ${protocol}`);
      if (number?.kind !== "scalar" || typeof number.value !== "number") throw new Error("no port");
      return { name: text(member(port, "name")) ?? "", protocol, port: number.value };
    }),
  );
}

function labelsOf(metadata: Field): Map<string, string> {
  return new Map([...textMap(member(metadata, "labels"), "labels")].map(([key, { value }]) => [key, value]));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
