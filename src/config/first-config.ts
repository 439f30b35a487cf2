import type { PeerSelector } from "../gate/rule.ts";
import type { Requirement } from "../model/labels.ts";
import type { Proposal, ProposedRule } from "../review/proposal.ts";
import { cidrsOf } from "../sets/cidrs.ts";

/** A first `.github/netpol-review.yml`: what holds, and beside it as comments what was found and does not hold yet. */
export function firstConfig(proposal: Proposal): string {
  const active = proposal.rules.filter(({ withheld }) => withheld === "");
  const withheld = proposal.rules.filter((rule) => rule.withheld !== "");
  const parts: string[] = [HEAD, ...pluginPart(proposal), ...clusterPart(proposal)];
  if (active.length > 0) {
    const intro = [
      "# Protected paths. A pull request that opens one to anybody whom `allowed` does not name fails the check.",
      "# Those below are what looks like a data store, and those whom the policies of today let in.",
    ];
    parts.push([...intro, "protected:", ...active.flatMap(ruleLines)].join("\n"));
  }
  if (withheld.length > 0) parts.push(withheldPart(withheld, active.length > 0));
  if (proposal.rules.length === 0) parts.push(EXAMPLE);
  parts.push(...fixturePart(proposal));
  return `${parts.join("\n\n")}\n`;
}

const HEAD = `# What netpol-review protects. It is read from the base of a pull request, so no pull request can loosen the rules that
# it is judged by. Try a change with \`netpol-review check . --config FILE\`.
version: 1`;

const EXAMPLE = `# Nothing here looks like a data store. A protected path looks like this:
# protected:
#   - name: db-ingress
#     description: only the API may talk to the database
#     to: { namespace: production, pods: { app: db } }
#     ports: [TCP/5432]
#     allowed:
#       - from: { namespace: production, pods: { app: api } }`;

function pluginPart({ cni, plugins }: Proposal): readonly string[] {
  if (cni !== undefined) return [`# The network plugin: ${comment(cni.reason)}.\ncni: ${scalar(cni.name)}`];
  if (plugins.length > 1) {
    return [
      `# Several network plugins were recognised (${comment(plugins.join(", "))}); name one with each cluster: cni: …`,
    ];
  }
  return ["# No network plugin was recognised: policies are read as Kubernetes specifies them.\n# cni: calico"];
}

function clusterPart({ clusters, clustersHold }: Proposal): readonly string[] {
  if (clusters.length === 0) return [];
  const entries = clusters.flatMap(({ name, kind, path }) => [
    `  - name: ${scalar(name)}`,
    kind === "paths" ? `    manifests: [${scalar(`${path}/**`)}]` : `    manifests: [{ kustomize: ${scalar(path)} }]`,
  ]);
  const intro = [
    `# ${clusters.length} clusters were found, since the same objects are defined more than once.`,
    "# Each can have a namespace, a plugin (cni) and pod ranges (podCIDRs) of its own.",
  ];
  const lines = ["clusters:", ...entries];
  if (clustersHold) return [[...intro, ...lines].join("\n")];
  const remark = "# With `clusters:` only what it names is read; without it they are named after their paths.";
  return [[...intro, remark, ...lines.map((line) => `# ${line}`)].join("\n")];
}

function withheldPart(rules: readonly ProposedRule[], hasActive: boolean): string {
  const lines = rules.flatMap((rule) => [
    `# ${comment(rule.workload)}: ${comment(rule.withheld)}`,
    ...ruleLines(rule).map((line) => `# ${line}`),
  ]);
  const title = "# Not in force yet, because today's manifests would not pass:";
  return [title, ...(hasActive ? [] : ["# protected:"]), ...lines].join("\n");
}

function ruleLines(rule: ProposedRule): readonly string[] {
  const pods = flow(rule.labels.map(([key, value]) => `${scalar(key)}: ${scalar(value)}`));
  return [
    `  - name: ${scalar(rule.name)}`,
    `    description: ${JSON.stringify(`who may connect to ${rule.workload} (${rule.product})`)}`,
    `    to: { namespace: ${scalar(rule.namespace)}, pods: ${pods} }`,
    `    ports: [${rule.ports.map((port) => `TCP/${port}`).join(", ")}]`,
    ...(rule.allowed.length === 0
      ? ["    allowed: []"]
      : ["    allowed:", ...rule.allowed.map((peer) => `      - from: ${peerText(peer)}`)]),
  ];
}

function fixturePart({ fixtures }: Proposal): readonly string[] {
  if (fixtures.length === 0) return [];
  const list = fixtures.map((glob) => `#   - ${scalar(glob)}`);
  return [
    [
      "# These folders look as if nobody deployed them. They are read until you say that they are not manifests:",
      "# exclude:",
      ...list,
    ].join("\n"),
  ];
}

const MOST_CIDRS = 200;

function peerText(peer: PeerSelector): string {
  switch (peer.kind) {
    case "anywhere":
      return "{ anywhere: true }";
    case "external":
      return "{ external: true }";
    case "entity":
      return `{ entity: ${scalar(peer.name)} }`;
    case "fqdn":
      return `{ fqdn: ${scalar(peer.pattern)} }`;
    case "cidr":
      return `{ cidr: [${cidrsOf(peer.set, MOST_CIDRS).map(scalar).join(", ")}] }`;
    case "pods":
      return flow([...namespaceFields(peer.namespace), ...podFields(peer.pods)]);
  }
}

function namespaceFields(namespace: Extract<PeerSelector, { kind: "pods" }>["namespace"]): readonly string[] {
  switch (namespace.kind) {
    case "any":
      return ["namespaceSelector: {}"];
    case "name":
      return [`namespace: ${scalar(namespace.name)}`];
    case "labels":
      return [`namespaceSelector: ${selector(namespace.requirements)}`];
  }
}

function podFields(pods: Extract<PeerSelector, { kind: "pods" }>["pods"]): readonly string[] {
  switch (pods.kind) {
    case "any":
      return [];
    case "workload":
      return [`workload: ${scalar(pods.name)}`];
    case "labels":
      return [`podSelector: ${selector(pods.requirements)}`];
  }
}

function selector(requirements: readonly Requirement[]): string {
  const keys = requirements.map(({ key }) => key);
  const isSimple = requirements.every(({ operator, values }) => operator === "In" && values.length === 1);
  if (isSimple && new Set(keys).size === keys.length) {
    return `{ matchLabels: ${flow(requirements.map(({ key, values }) => `${scalar(key)}: ${scalar(values[0] ?? "")}`))} }`;
  }
  const expressions = requirements.map(({ key, operator, values }) => {
    const list = values.length === 0 ? "" : `, values: [${values.map(scalar).join(", ")}]`;
    return `{ key: ${scalar(key)}, operator: ${operator}${list} }`;
  });
  return `{ matchExpressions: [${expressions.join(", ")}] }`;
}

function flow(fields: readonly string[]): string {
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

const PLAIN = /^[A-Za-z][\w./-]*$/;
const WORDS = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

function scalar(text: string): string {
  return PLAIN.test(text) && !WORDS.test(text) ? text : JSON.stringify(text);
}

/** Text that cannot end its comment. */
function comment(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]/gu, "?");
}
