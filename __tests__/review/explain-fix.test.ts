import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { Cluster } from "../../src/model/cluster.ts";
import { parsePeerQuery } from "../../src/model/peer-query.ts";
import { explainPair } from "../../src/review/explain-pair.ts";
import { clusterOf } from "../manifest/context.ts";

const DENY = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "deny", namespace: "shop" },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress: [] as unknown[], egress: [] as unknown[] },
};
const DB = `kind: Pod
apiVersion: v1
metadata: { name: db, namespace: shop, labels: { app: db } }
spec: { containers: [{ name: db, ports: [{ containerPort: 3306 }] }] }
`;

function asked(cluster: Cluster, src: string, dst: string) {
  const end = (text: string) => {
    const query = parsePeerQuery(text);
    if (query === undefined) throw new Error(`${text} names no peer`);
    return { text, query };
  };
  return explainPair({ base: undefined, head: cluster, from: end(src), to: end(dst), conn: undefined });
}

function shop(policy: typeof DENY): Cluster {
  return clusterOf({ "shop.yaml": `${DB}---\n${stringify(policy)}` });
}

/** The policy with each rule of the steps in the list that the step names. */
function mended(steps: string): typeof DENY {
  const policy = structuredClone(DENY);
  for (const step of steps.split(/\n(?=\S)/)) {
    const [head = "", ...rule] = step.split("\n");
    const list = head.startsWith("ingress") ? policy.spec.ingress : policy.spec.egress;
    list.push(...parse(rule.join("\n")));
  }
  return policy;
}

const STRANGERS: readonly string[] = [
  "203.0.113.9",
  "2001:db8::9",
  "shop/[pod with {app=web}]",
  "shop/[pod with {app=web,tier}]",
  "other/[pod with {app=web}]",
  "other/[all pods]",
  "[namespace with {team=a}]/[all pods]",
  "[namespace with {team}]/[pod with {app=web}]",
];

describe("the smallest change that would allow a blocked flow", () => {
  it.each(STRANGERS)("allows it once it is made, from %s", (stranger) => {
    const [part] = asked(shop(DENY), stranger, "shop/db").parts;
    expect(part?.head.allowed).toBe(false);
    const { parts } = asked(shop(mended(part?.fix ?? "")), stranger, "shop/db");
    expect(parts.map(({ head }) => head.ingress.allowed)).toEqual([true]);
  });

  it.each<[string, string]>([
    ["shop/[pod with {app=web}]", "shop/[all pods]"],
    ["shop/[pod with {app=web,tier}]", "shop/[pod with {app=web}]"],
    ["other/[pod with {app=web}]", "other/[all pods]"],
    ["other/[all pods]", "third/[all pods]"],
    ["[namespace with {team=a}]/[all pods]", "[namespace with {team=b}]/[all pods]"],
    ["[namespace with {team}]/[all pods]", "third/[all pods]"],
    ["203.0.113.9", "203.0.113.8"],
  ])("made for %s, it allows nothing from %s", (stranger, other) => {
    const [part] = asked(shop(DENY), stranger, "shop/db").parts;
    const { parts } = asked(shop(mended(part?.fix ?? "")), other, "shop/db");
    expect(parts.map(({ head }) => head.ingress.allowed)).toEqual([false]);
  });

  it("names both ends where both block", () => {
    const [part] = asked(shop(DENY), "shop/[pod with {app=web}]", "shop/db").parts;
    expect(
      part?.fix
        .split("\n")
        .filter((line) => /^\S/.test(line))
        .map((line) => line.split(":")[0]),
    ).toEqual(["egress", "ingress"]);
  });
});

it("an explanation tells what it assumes about a private block in a policy that decides", () => {
  const policy = structuredClone(DENY);
  policy.spec.ingress.push({ from: [{ ipBlock: { cidr: "10.1.0.0/16" } }] });
  const { assumptions } = asked(shop(policy), "other/[all pods]", "shop/db");
  expect(assumptions.map(({ text }) => text)).toEqual([
    "this private block holds no pods: no `podCIDRs` are configured",
  ]);
  expect(asked(shop(DENY), "other/[all pods]", "shop/db").assumptions).toEqual([]);
});
