import type { YamlMap, YamlNode } from "../manifest/yaml/node.ts";
import { at, digest, listAt, mapAt, textAt } from "./fields.ts";

const KINDS: ReadonlySet<string> = new Set([
  "Pod",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
  "Job",
  "CronJob",
  "Service",
  "Ingress",
  "NetworkPolicy",
  "StagedNetworkPolicy",
  "GlobalNetworkPolicy",
  "StagedGlobalNetworkPolicy",
  "StagedKubernetesNetworkPolicy",
  "AdminNetworkPolicy",
  "BaselineAdminNetworkPolicy",
  "ClusterNetworkPolicy",
  "CiliumNetworkPolicy",
  "CiliumClusterwideNetworkPolicy",
]);

/** An object that has pods or says who may reach them; namespaces are shared and count as neither. */
export function decidesFlows(object: YamlMap): boolean {
  const kind = textAt(object, "kind")?.text ?? "";
  return KINDS.has(kind) || mapAt(object, "spec", "template", "spec") !== undefined;
}

/**
 * What of an object can decide a flow, equal for objects that decide the same: of a policy all that it says, of a
 * workload its labels, ports and place in the network; no API version, no annotations, images or passwords.
 */
export function flowContent(object: YamlMap): string {
  const kind = textAt(object, "kind")?.text ?? "";
  const name = textAt(object, "metadata", "name")?.text ?? "";
  const namespace = textAt(object, "metadata", "namespace")?.text ?? "";
  const spec = mapAt(object, "spec");
  const template = podTemplate(object, kind);
  const labels = digest(at(object, "metadata", "labels"));
  if (template === undefined) return JSON.stringify([kind, namespace, name, digest(spec), digest(at(object, "specs"))]);
  return JSON.stringify([kind, namespace, name, labels, digest(at(spec, "replicas")), ...podContent(template)]);
}

function podTemplate(object: YamlMap, kind: string): YamlNode | undefined {
  if (kind === "Pod") return object;
  if (kind === "CronJob") return at(object, "spec", "jobTemplate", "spec", "template");
  return at(object, "spec", "template");
}

function podContent(template: YamlNode): string[] {
  const pod = at(template, "spec");
  const containers = [...listAt(pod, "containers"), ...listAt(pod, "initContainers")];
  const fields = ["hostNetwork", "serviceAccountName", "nodeName", "hostname", "subdomain"].map((key) =>
    digest(at(pod, key)),
  );
  return [digest(at(template, "metadata", "labels")), ...fields, ...containers.map((one) => digest(at(one, "ports")))];
}
