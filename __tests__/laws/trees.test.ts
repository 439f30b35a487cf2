import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffFlows } from "../../src/diff/diff.ts";
import type { FlowDiff } from "../../src/diff/flow-diff.ts";
import { universe } from "../../src/engine/universe.ts";
import { listCluster } from "../../src/review/list-tree.ts";
import type { Tree } from "../../src/tree/tree.ts";
import { clustersIn } from "../conformance/pipeline.ts";
import { OPTIONS } from "./flows.ts";
import { type Manifest, manifests, ruleOf } from "./manifests.ts";
import { plainTree, shuffledTree } from "./memory-tree.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";

describe("a tree of manifests, through the whole pipeline", { timeout: TIMEOUT_MS }, () => {
  it("means the same in other files, documents, order of keys and order of a NetworkPolicy's lists", async () => {
    await fc.assert(
      fc.asyncProperty(manifests, fc.nat(), async (objects, seed) => {
        const { base, head, diff } = await compared(plainTree(objects), shuffledTree(objects, seed));
        expect(base.issues.filter(({ code }) => code === "REJECTED")).toEqual([]);
        expect([diff.groups.length, diff.arrivals.length]).toEqual([0, 0]);
        const list = { representatives: true, from: undefined, to: undefined };
        expect(listCluster(head, list).flows).toEqual(listCluster(base, list).flows);
      }),
      runs(1),
    );
  });

  it("changes in the same way, group by group, however both sides are written", async () => {
    await fc.assert(
      fc.asyncProperty(manifests, manifests, fc.nat(), async (before, after, seed) => {
        const one = await compared(plainTree(before), plainTree(after));
        const other = await compared(shuffledTree(before, seed), shuffledTree(after, seed + 1));
        expect(groupsOf(other.diff)).toEqual(groupsOf(one.diff));
      }),
      runs(1 / 2),
    );
  });

  it.each(["ingress", "egress"] as const)(
    "closes nothing by one more rule where a NetworkPolicy isolates already: %s",
    async (direction) => {
      await fc.assert(
        fc.asyncProperty(
          manifests,
          ruleOf(direction === "ingress" ? "from" : "to"),
          fc.nat(),
          async (objects, rule, at) => {
            const isolating = objects.filter((each) => isolates(each, direction));
            const chosen = isolating[at % isolating.length];
            fc.pre(chosen !== undefined);
            const more = objects.map((each) => (each === chosen ? withRule(each, direction, rule, at) : each));
            const { head, diff } = await compared(plainTree(objects), plainTree(more));
            expect(head.issues.filter(({ code }) => code === "REJECTED")).toEqual([]);
            expect(diff.closed).toBe(0);
          },
        ),
        runs(1 / 2),
      );
    },
  );

  it("opens nothing by one more NetworkPolicy that allows nothing", async () => {
    await fc.assert(
      fc.asyncProperty(manifests, fc.constantFrom("one", "two"), async (objects, namespace) => {
        const deny: Manifest = {
          apiVersion: "networking.k8s.io/v1",
          kind: "NetworkPolicy",
          metadata: { name: "deny", namespace },
          spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        };
        // Where a baseline denies, a NetworkPolicy that isolates takes its place: it denies, too.
        const { diff } = await compared(plainTree(objects), plainTree([...objects, deny]));
        expect(diff.opened).toBe(0);
      }),
      runs(1 / 2),
    );
  });
});

async function compared(before: Tree, after: Tree) {
  const { base, head } = await clustersIn(before, after, {});
  return { base, head, diff: diffFlows(universe(base, head, OPTIONS), []) };
}

function groupsOf({ groups }: FlowDiff): readonly string[] {
  return groups
    .map(({ src, dst, block, note }) => `${src} > ${dst}: ${block.opened.id} ${block.closed.id} ${note}`)
    .sort();
}

type Direction = "ingress" | "egress";

/** True where one more rule cannot isolate what was not isolated. */
function isolates({ kind, spec }: Manifest, direction: Direction): boolean {
  if (kind !== "NetworkPolicy" || !isObject(spec)) return false;
  const types = Array.isArray(spec.policyTypes) ? spec.policyTypes : [];
  if (types.length > 0) return types.includes(direction === "ingress" ? "Ingress" : "Egress");
  return direction === "ingress" || (Array.isArray(spec.egress) && spec.egress.length > 0);
}

function withRule(policy: Manifest, direction: Direction, rule: Manifest, at: number): Manifest {
  const spec = isObject(policy.spec) ? policy.spec : {};
  const rules: readonly unknown[] = Array.isArray(spec[direction]) ? spec[direction] : [];
  const place = at % (rules.length + 1);
  return { ...policy, spec: { ...spec, [direction]: [...rules.slice(0, place), rule, ...rules.slice(place)] } };
}

function isObject(value: unknown): value is Manifest {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
