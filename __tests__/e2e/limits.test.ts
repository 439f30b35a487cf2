import { describe, expect } from "vitest";
import { commands, run } from "./run.ts";
import { CHANGES, pullEvent, scenario } from "./world.ts";

const NUMBER = 150;

/** A workload that protects itself, behind a policy of its own. */
function guarded(index: number, from: string): string {
  const name = `a-workload-with-quite-a-long-name-number-${index}`;
  return `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: namespace-of-${name}
  annotations: { netpol-review.io/protected: ingress }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: example.com/main }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: guard, namespace: namespace-of-${name} }
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - from: [${from}]
      ports: [{ port: ${1000 + index} }]
`;
}

function many(from: string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: NUMBER }, (_, i) => [`k8s/many/${i}.yaml`, guarded(i, from)]));
}

describe("what GitHub has room for", () => {
  scenario(
    "a huge report: the comment keeps to its budget and says what it left out, ten errors stand beside the code",
    async ({ world }) => {
      world.origin.commit(many("{ podSelector: { matchLabels: { app: friend } } }"), "guarded");
      const done = await run(world, pullEvent(world.pull(many("{ namespaceSelector: {} }"))));
      const body = world.fake.state.comments[0]?.body ?? "";
      expect(done.exit).toBe(1);
      expect(done.outputs.get("findings")).toBe(String(NUMBER));
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(60_000);
      expect(body.split("\n")[0]).toContain('"truncated":true');
      expect(body.split("\n").slice(0, 6).join("\n")).toContain("Left out here, for its length:");
      expect(body.split("\n").slice(0, 6).join("\n")).toContain(`${world.git.url}/acme/shop/actions/runs/42`);
      expect(body.match(/^```/gm)?.length ?? 0).toSatisfy((fences: number) => fences % 2 === 0);
      expect(Buffer.byteLength(done.summary)).toBeLessThanOrEqual(1_048_576);
      expect(done.summary.length).toBeGreaterThan(body.length);
      expect(JSON.parse(done.json).findings).toHaveLength(NUMBER);
      expect(commands(done)).toHaveLength(10);
      expect(done.log).toContain(`${NUMBER - 10} more remarks are in the job summary\n`);
    },
  );

  scenario("outputs carry counts and paths, never the report", async ({ world }) => {
    const { outputs } = await run(world, pullEvent(world.pull(CHANGES.widened)));
    for (const [name, value] of outputs) expect({ name, long: value.length > 200 }).toEqual({ name, long: false });
    expect([...outputs.keys()].sort()).toEqual(
      [
        "closed",
        "comment-url",
        "conclusion",
        "findings",
        "opened",
        "report-html",
        "report-json",
        "report-markdown",
        "report-sarif",
      ].sort(),
    );
  });
});
