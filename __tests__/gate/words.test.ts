import { describe, expect, it } from "vitest";
import { CLOSED, OPEN, pods, policy, reviewed } from "../judging/rendered.ts";
import type { Files } from "../tree/repo.ts";

const tree = { "db.yaml": pods("db"), "api.yaml": pods("api"), "web.yaml": pods("web") };
const cilium = (rules: string) =>
  `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: p, namespace: a }\nspec: { endpointSelector: { matchLabels: { app: db } }, ingress: [${rules}] }\n`;

async function messages(base: Files, head: Files): Promise<readonly string[]> {
  const report = await reviewed({ ...tree, ...base }, { ...tree, ...head });
  return report.clusters.flatMap(({ findings }) => findings.map(({ message }) => message));
}

describe("the sentence of a finding", () => {
  it("names everybody outside beside everybody inside", async () => {
    expect(await messages({ "p.yaml": CLOSED }, { "p.yaml": OPEN })).toEqual([
      "`any address outside the cluster` and `any pod in the cluster` may now connect to `a/db[Pod]` on every port",
    ]);
  });

  it("excepts nobody who gained as well, though it was less", async () => {
    const some = policy(
      "{ podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: api } } }], ports: [{ port: 80 }] }] }",
    );
    const [message] = await messages({ "p.yaml": some }, { "p.yaml": OPEN });
    expect(message).toContain(
      "`any address outside the cluster` and `any pod in the cluster except a/api[Pod]` may now",
    );
    expect(message).toMatch(/, and 1 more set of flows$/);
  });

  it("makes sources one that stand in rows of their own only for what else changes", async () => {
    const from = (to: string, who: string) =>
      policy(
        `{ podSelector: { matchLabels: { app: ${to} } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: ${who} } } }] }] }`,
        to,
      );
    const base = { "p.yaml": CLOSED, "db-in.yaml": from("db", "api"), "api-in.yaml": from("api", "web") };
    expect(await messages(base, {})).toEqual([
      "`any address outside the cluster` and `any pod in the cluster except a/api[Pod]` may now connect to `a/db[Pod]` on every port",
    ]);
  });

  it("counts what goes to others", async () => {
    const rule = (app: string, port: number) =>
      `{ from: [{ podSelector: { matchLabels: { app: ${app} } } }], ports: [{ port: ${port} }] }`;
    const head = policy(`{ podSelector: {}, ingress: [${rule("api", 80)}, ${rule("web", 90)}] }`);
    expect(await messages({ "p.yaml": CLOSED }, { "p.yaml": head })).toEqual([
      expect.stringMatching(/^`a\/api\[Pod\]` may now connect to .* on TCP 80, and 1 more set of flows$/),
    ]);
  });

  it("names the world of Cilium before the parts of it, and says nothing of private blocks", async () => {
    const admitted = "{ fromEndpoints: [{ matchLabels: { app: api } }] }";
    expect(
      await messages({ "p.yaml": cilium(admitted) }, { "p.yaml": cilium(`${admitted}, { fromEntities: [world] }`) }),
    ).toEqual([
      "`any address outside the cluster` and `entity:kube-apiserver` may now connect to `a/db[Pod]` on every port",
    ]);
  });
});
