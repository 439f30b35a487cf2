import { expect, it } from "vitest";
import { namer } from "../../src/diff/names.ts";
import { NO_LABELS } from "../../src/model/labels.ts";
import type { Peer } from "../../src/model/peer.ts";

const undeclared = (text: string): Peer => {
  const pod = {
    ...{ namespace: "", labels: NO_LABELS, namespaceLabels: NO_LABELS, serviceAccount: "" },
    ...{ serviceAccountLabels: NO_LABELS, ports: undefined, hostNetwork: false },
  };
  return {
    kind: "representative",
    text,
    base: pod,
    head: pod,
    namespace: undefined,
    namespaceTerms: "x",
    podTerms: "y",
  };
};

it("everybody is named before those who have a name, so that no short line hides them", () => {
  const others = ["a", "b", "c", "d"].map((name) => undeclared(`[namespace with {${name}}]/[all pods]`));
  const everybody = undeclared("entire-cluster");
  const some = undeclared("[namespace with {z}]/[pod with {app=grafana}]");
  const name = namer([...others, everybody, some]);
  const expected = "entire-cluster, [namespace with {z}]/[pod with {app=grafana}]";
  expect(name({ kind: "peers", peers: [some, everybody] })).toBe(expected);
  expect(name({ kind: "peers", peers: [everybody, some] })).toBe(expected);
});
