import { describe, expect, test } from "vitest";
import { recognisePlugin } from "../../../src/manifest/plugins/recognise.ts";
import { objectsOf } from "../context.ts";

function daemonSet(name: string, ...images: readonly string[]): string {
  const containers = images.map((image, i) => `{name: c${i}, image: "${image}"}`).join(", ");
  return `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ${name}, namespace: kube-system}
spec: {template: {spec: {containers: [${containers}]}}}
`;
}

function recognised(...texts: readonly string[]) {
  return recognisePlugin(objectsOf(texts.join("---\n"), "cni.yaml").objects);
}

describe("a plugin shows by its own DaemonSet", () => {
  test.each([
    ["calico-node", "docker.io/calico/node:v3.32.0", "calico"],
    ["node", "quay.io/calico/node@sha256:0123", "calico"],
    ["cilium", "quay.io/cilium/cilium:v1.20.2@sha256:0123", "cilium"],
    ["weave-net", "weaveworks/weave-kube:2.8.1", "weave-net"],
    ["net", "docker.io/weaveworks/weave-npc:2.8.1", "weave-net"],
    ["kube-router", "docker.io/cloudnativelabs/kube-router", "kube-router"],
    ["romana-agent", "quay.io/romana/agent:v2.0.2", "romana"],
    ["kube-flannel-ds", "ghcr.io/flannel-io/flannel:v0.26.1", "flannel"],
    ["net", "docker.io/rancher/mirrored-flannelcni-flannel:v0.20", "flannel"],
    ["antrea-agent", "antrea/antrea-agent-ubuntu:v2.7.0", "antrea"],
    ["ovnkube-node", "ghcr.io/ovn-kubernetes/ovn-kubernetes/ovn-kube-ubuntu:master", "ovn-kubernetes"],
    ["aws-node", "registry.example:5000/amazon-k8s-cni:v1.20", "aws-vpc-cni"],
    ["azure-npm", "mcr.microsoft.com/containernetworking/azure-npm:v1.5", "azure-npm"],
    ["kube-network-policies", "registry.k8s.io/networking/kube-network-policies:v0.8.1", "kube-network-policies"],
    ["kindnet", "docker.io/kindest/kindnetd:v2025", "kindnet"],
  ])("%s with %s is %s", (name, image, plugin) => {
    expect(recognised(daemonSet(name, image))?.profile.name).toBe(plugin);
  });

  test("the reason names the DaemonSet and its place", () => {
    expect(recognised(daemonSet("cilium", "x"))?.reason).toBe(
      "the tree installs it with `DaemonSet kube-system/cilium` at cni.yaml:2",
    );
  });

  test("Calico on Flannel's network is Canal, in one DaemonSet or two", () => {
    expect(recognised(daemonSet("canal", "calico/node:v3", "flannel/flannel:v0.2"))?.profile.name).toBe("canal");
    const two = [daemonSet("kube-flannel-ds", "flannel/flannel"), daemonSet("calico-node", "calico/node")];
    expect(recognised(...two)?.profile.name).toBe("canal");
  });

  test("Flannel beside a plugin that enforces is the network under it", () => {
    const two = [daemonSet("kube-flannel-ds", "flannel/flannel"), daemonSet("kube-network-policies", "x")];
    expect(recognised(...two)).toMatchObject({ profile: { name: "kube-network-policies" }, issues: [] });
  });

  test("two plugins that enforce are told: the first counts", () => {
    const result = recognised(daemonSet("cilium", "x"), daemonSet("antrea-agent", "x"));
    expect(result?.profile.name).toBe("cilium");
    expect(result?.issues.map(({ code, at }) => [code, at?.line])).toEqual([["PLUGIN", 7]]);
  });

  test.each([
    ["a Deployment", daemonSet("cilium", "quay.io/cilium/cilium").replace("DaemonSet", "Deployment")],
    ["an image that only ends alike", daemonSet("agent", "example.com/notcalico/node")],
    ["the operator alone", daemonSet("operator", "quay.io/cilium/operator-generic")],
  ])("%s is no sign", (_what, text) => {
    expect(recognised(text)).toBeUndefined();
  });
});
