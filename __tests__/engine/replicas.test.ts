import { describe, expect, it } from "vitest";
import { universe } from "../../src/engine/universe.ts";
import { hasTwins, type Workload } from "../../src/model/cluster.ts";
import { cluster, policy, workload } from "../gate/world.ts";

const NAME = "statefulset.kubernetes.io/pod-name";
const INDEX = "apps.kubernetes.io/pod-index";
const db = (replicas: number) => workload("shop/db", { kind: "StatefulSet", replicas });

/** The StatefulSet `db` as a policy on these labels splits it: name and index of each part, and whether it has twins. */
function split(workloads: readonly Workload[], subject: Readonly<Record<string, string>>): readonly string[] {
  const tree = cluster({ workloads, policies: [policy("ingress", "shop/one", subject, [])] });
  const { peers } = universe(tree, tree, { representatives: false, spoken: [], limit: 100 });
  return peers.flatMap((peer) => {
    if (peer.kind !== "workload" || peer.head === undefined) return [];
    const { labels } = peer.head.pod;
    return [`${labels.get(NAME) ?? "any"} ${labels.get(INDEX) ?? "any"}${hasTwins(peer.head) ? " twins" : ""}`];
  });
}

describe("replicas of a StatefulSet", () => {
  it.each<[string, number, Readonly<Record<string, string>>, readonly string[]]>([
    ["are one where no policy names any", 3, { app: "db" }, ["any any twins"]],
    ["are split by the name of one", 3, { [NAME]: "db-1" }, ["db-1 1", "any any twins"]],
    ["are split by the index of one", 3, { [INDEX]: "2" }, ["db-2 2", "any any twins"]],
    ["leave one rest where all but one are named", 2, { [NAME]: "db-0" }, ["db-0 0", "any any"]],
    ["leave no rest where all are named", 1, { [NAME]: "db-0" }, ["db-0 0"]],
    ["stay one where a name is of none of them", 2, { [NAME]: "db-7" }, ["any any twins"]],
  ])("%s", (_, replicas, subject, expected) => {
    expect(split([db(replicas)], subject)).toEqual(expected);
  });
});
