import type { Universe } from "../engine/universe.ts";
import type { Issue } from "../errors.ts";
import { formatWorkload, type Workload } from "../model/cluster.ts";
import { type Peer, podOf } from "../model/peer.ts";
import { formatObject, type Policy, type Rule } from "../model/policy.ts";
import { holds, type Predicate } from "../model/predicate.ts";

/** Rules that admit a workload of base, and of head none any more: a label or a name changed, and the rule did not. */
export function lostSelectors(universe: Universe): readonly Issue[] {
  const moved = universe.peers.filter(
    (peer) => peer.kind === "workload" && podOf(peer, "base") !== podOf(peer, "head"),
  );
  const lost = moved.flatMap((peer) => (peer.kind === "workload" && peer.base !== undefined ? [peer.base] : []));
  if (lost.length === 0) return [];
  const head = universe.peers.flatMap((peer) => headPod(peer) ?? []);
  const issues: Issue[] = [];
  for (const policy of universe.head.policies) {
    for (const rule of policy.rules) {
      if (!asksForLabels(rule.peer)) continue;
      const gone = lost.find(({ pod }) => holds(rule.peer, { kind: "pod", pod }));
      if (gone === undefined || head.some((pod) => holds(rule.peer, { kind: "pod", pod }))) continue;
      issues.push(issueOf(policy, rule, gone));
    }
  }
  return issues;
}

function headPod(peer: Peer): Workload["pod"] | undefined {
  return peer.kind === "workload" ? peer.head?.pod : undefined;
}

/** True of a peer that picks pods by their labels: whole namespaces and addresses may be empty without surprise. */
function asksForLabels(peer: Predicate): boolean {
  switch (peer.op) {
    case "podLabels":
      return true;
    case "and":
    case "or":
      return peer.of.some(asksForLabels);
    case "not":
      return asksForLabels(peer.of);
    case "anything":
    case "nothing":
    case "pods":
    case "namespace":
    case "namespaceLabels":
    case "serviceAccount":
    case "serviceAccountLabels":
    case "addresses":
    case "entity":
    case "fqdn":
      return false;
  }
}

function issueOf(policy: Policy, rule: Rule, gone: Workload): Issue {
  const subject = formatObject(policy.object);
  const message = `the peers of \`${rule.path}\` in \`${subject}\` match no declared workload any more; in base they matched \`${formatWorkload(gone)}\``;
  return {
    code: "UNMATCHED_SELECTOR",
    severity: "warning",
    at: rule.source,
    message,
    subject: `${subject} ${rule.path}`,
  };
}
