import { describe, expect, test } from "vitest";
import { universe } from "../../src/engine/universe.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import { listCluster } from "../../src/review/list-tree.ts";
import { parseCidr } from "../../src/sets/address-text.ts";
import { ALL_V4, NO_ADDRESS, unionAddresses } from "../../src/sets/addresses.ts";
import { type Conn, numeric } from "../../src/sets/conn.ts";
import { formatConn } from "../../src/sets/conn-text.ts";
import { type Case, casesBelow, differences, skipReason } from "./cases.ts";
import { connOf, type Row } from "./expectation.ts";
import { clustersOf } from "./pipeline.ts";
import type { End, Relation } from "./relation.ts";
import { rowDifferences, type Said } from "./rows.ts";

const CORPORA = [
  ["calico", "calico/list"],
  ["calico", "calico/np-guard"],
  ["calico", "calico/generated"],
  ["cilium", "cilium/list"],
  ["cilium", "cilium/generated"],
] as const;

describe.each(CORPORA)("under %s, read as the commands read it, %s", (cni, folder) => {
  const cases = casesBelow(folder);

  test.skipIf(cases.length === 0)(`has the expected relation in the engine${skipReason(folder)}`, async () => {
    const failures: string[] = [];
    for (const each of cases) {
      const cluster = await clusterUnder(cni, each);
      failures.push(...differences(cluster, byEngine(cluster), each).map((line) => `${each.name}: ${line}`));
    }
    expect(failures).toEqual([]);
  });

  test.skipIf(cases.length === 0)(`is listed in the expected words${skipReason(folder)}`, async () => {
    const failures: string[] = [];
    for (const each of cases) {
      const lines = listDifferences(await clusterUnder(cni, each), each);
      failures.push(...lines.map((line) => `${each.name}: ${line}`));
    }
    expect(failures).toEqual([]);
  });

  test.skipIf(cases.length === 0)(
    `has an error at every refused policy, and no other one${skipReason(folder)}`,
    async () => {
      for (const each of cases) {
        const { issues } = await clusterUnder(cni, each);
        const errors = issues.filter(({ severity }) => severity === "error");
        const placed = errors.filter(({ at }) => at !== undefined && at.line > 0);
        const wanted = (each.expectedIssues ?? []).length > 0;
        expect([each.name, placed.length > 0, errors.length > placed.length]).toEqual([each.name, wanted, false]);
      }
    },
  );
});

async function clusterUnder(cni: string, { manifests, options }: Case): Promise<Cluster> {
  const podCidrs = (options.podCIDRs ?? []).map((cidr) => parseCidr(cidr)?.set ?? NO_ADDRESS);
  const overrides = { cni, podCidrs: podCidrs.reduce(unionAddresses, NO_ADDRESS) };
  return (await clustersOf(manifests, manifests, overrides)).head;
}

function byEngine(cluster: Cluster): Relation {
  const space = universe(cluster, cluster, { representatives: false, spoken: [], limit: 0 });
  const view = ({ endpoint }: End) => space.whole().reach.view(endpoint, "head");
  return (src, dst) => numeric(space.whole().reach.conn(view(src), view(dst)));
}

/** Everything in which `list` differs from the case; entities and names count where the case speaks of them. */
function listDifferences(cluster: Cluster, each: Case): readonly string[] {
  const { flows } = listCluster(cluster, { representatives: true, from: undefined, to: undefined });
  const { conns } = universe(cluster, cluster, { representatives: false, spoken: [], limit: 0 });
  const text = (conn: Conn) => formatConn(conn, conns);
  const wanted = (rows: readonly Row[]) =>
    rows.map(({ src, dst, ...row }): Said => ({ src, dst, answer: text(connOf({ src, dst, ...row }, each.expected)) }));
  const names = new Set((each.expectedFqdn ?? []).map(({ src, dst }) => `${src} ${dst}`));
  const isCounted = (end: string) =>
    !/^(entity|fqdn):/.test(end) || (each.expectedEntities !== undefined && ENTITIES.has(end));
  return rowDifferences(
    flows.map(({ src, dst, conn }) => ({ src, dst, answer: conn })),
    wanted([...each.expected, ...(each.expectedEntities ?? []), ...(each.expectedFqdn ?? [])]),
    {
      addresses: ALL_V4,
      ignores: ({ src, dst }) =>
        src === dst ||
        ![src, dst].some(isWorkload) ||
        [src, dst].some(isRepresentative) ||
        !(names.has(`${src} ${dst}`) || (isCounted(src) && isCounted(dst))),
    },
  );
}

const ENTITIES = new Set(["entity:host", "entity:remote-node", "entity:kube-apiserver"]);

function isWorkload(text: string): boolean {
  return /^[^/[\]]+\/[^/[\]]+\[[A-Z]\w*\]$/.test(text);
}

function isRepresentative(text: string): boolean {
  return text === "entire-cluster" || /\/\[/.test(text);
}
