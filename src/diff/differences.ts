import type { Endpoint, Pod } from "../model/endpoint.ts";
import type { LabelSet } from "../model/labels.ts";
import type { Peer } from "../model/peer.ts";
import type { Direction, ObjectRef, Policy } from "../model/policy.ts";
import type { Flow } from "../pointwise/judge.ts";

/** Everything that decides one end of a flow. */
export type State = { readonly policies: readonly Policy[]; readonly src: Endpoint; readonly dst: Endpoint };

/** One thing that differs between the sides; `revert` puts it back to what base has. */
export type Difference = (
  | {
      readonly kind: "policy";
      readonly object: ObjectRef;
      readonly base: readonly Policy[];
      readonly head: readonly Policy[];
    }
  | { readonly kind: "namespace"; readonly namespace: string; readonly key: string }
  | ({ readonly peer: Peer | undefined } & PodDifference)
) & { readonly revert: (state: State) => State };

type PodDifference = {
  readonly kind: "label" | "hostNetwork" | "serviceAccount" | "ports" | "home";
  readonly key: string;
  readonly before: Pod;
  readonly after: Pod;
};

export type DifferenceInput = {
  readonly direction: Direction;
  readonly flow: { readonly base: Flow; readonly head: Flow };
  readonly src: Peer | undefined;
  readonly dst: Peer | undefined;
  readonly policies: (endpoint: Endpoint, side: "base" | "head") => readonly Policy[];
  readonly changed: (policy: Policy) => boolean;
};

/** Head's state at one end of a flow, and all in which base's differs. */
export function differencesAt(input: DifferenceInput): {
  readonly head: State;
  readonly differences: readonly Difference[];
} {
  const { flow, direction } = input;
  const pods = podDifferences(input);
  const subjects = formsOf(direction === "ingress" ? "dst" : "src", flow, pods);
  const selecting = (side: "base" | "head") => [
    ...new Set(subjects.flatMap((each) => input.policies(each, side)).filter((each) => each.direction === direction)),
  ];
  const head = selecting("head");
  const differences = [
    ...policyDifferences(selecting("base").filter(input.changed), head.filter(input.changed)),
    ...pods,
  ];
  return { head: { policies: head, src: flow.head.src, dst: flow.head.dst }, differences };
}

/** Who stands at each end of a flow in base, in head, and with one difference more or less. */
export function formsAt(input: Ends): Record<EndName, readonly Endpoint[]> {
  const pods = podDifferences(input);
  return { src: formsOf("src", input.flow, pods), dst: formsOf("dst", input.flow, pods) };
}

/** Who the subject is in base, in head, and with one difference more or less. */
function formsOf(
  end: EndName,
  { base, head }: DifferenceInput["flow"],
  differences: readonly Difference[],
): readonly Endpoint[] {
  if (base[end] === head[end] || differences.length === 0) return [head[end]];
  const after: State = { policies: [], src: head.src, dst: head.dst };
  const without = (kept: Difference | undefined) =>
    differences.reduce((state, each) => (each === kept ? state : each.revert(state)), after)[end];
  return [after[end], without(undefined), ...differences.flatMap((each) => [each.revert(after)[end], without(each)])];
}

function policyDifferences(base: readonly Policy[], head: readonly Policy[]): readonly Difference[] {
  const found = new Map<string, { object: ObjectRef; base: Policy[]; head: Policy[] }>();
  for (const [side, list] of [
    ["base", base],
    ["head", head],
  ] as const) {
    for (const policy of list) {
      const { group, kind, namespace, name } = policy.object;
      const key = `${group}/${kind}/${namespace}/${name}`;
      const entry = found.get(key) ?? { object: policy.object, base: [], head: [] };
      found.set(key, entry);
      entry[side].push(policy);
    }
  }
  return [...found.values()].map((entry): Difference => {
    const now = new Set(entry.head);
    return {
      kind: "policy",
      ...entry,
      revert: (state) => ({ ...state, policies: [...state.policies.filter((each) => !now.has(each)), ...entry.base] }),
    };
  });
}

type Ends = Pick<DifferenceInput, "flow" | "src" | "dst">;
type Change = (pod: Pod) => Pod;
type EndName = "src" | "dst";

function podDifferences(input: Ends): readonly Difference[] {
  const { src, dst } = input;
  const isSelf = src !== undefined && src === dst;
  if (isSelf) return [...ownDifferences(input, ["src", "dst"]), ...namespaceDifferences(input)];
  return [...ownDifferences(input, ["src"]), ...ownDifferences(input, ["dst"]), ...namespaceDifferences(input)];
}

/** What differs in the pod itself that stands at `ends`. */
function ownDifferences(input: Ends, ends: readonly [EndName, ...EndName[]]): readonly Difference[] {
  const pods = podsAt(input, ends[0]);
  if (pods === undefined) return [];
  const { before, after } = pods;
  const found: Difference[] = [];
  const differs = (kind: PodDifference["kind"], key: string, change: Change) => {
    const revert: Difference["revert"] = (state) => onEnds(state, ends, change);
    found.push({ kind, key, peer: input[ends[0]], before, after, revert });
  };
  for (const key of differingKeys(before.labels, after.labels))
    differs("label", key, (pod) => ({ ...pod, labels: withKey(pod.labels, before.labels, key) }));
  const { namespace, namespaceLabels, hostNetwork, serviceAccount, serviceAccountLabels, ports } = before;
  if (namespace !== after.namespace) differs("home", "", (pod) => ({ ...pod, namespace, namespaceLabels }));
  if (hostNetwork !== after.hostNetwork) differs("hostNetwork", "", (pod) => ({ ...pod, hostNetwork }));
  const sameAccount = differingKeys(serviceAccountLabels, after.serviceAccountLabels).length === 0;
  if (serviceAccount !== after.serviceAccount || !sameAccount)
    differs("serviceAccount", "", (pod) => ({ ...pod, serviceAccount, serviceAccountLabels }));
  if (JSON.stringify(ports) !== JSON.stringify(after.ports)) differs("ports", "", (pod) => ({ ...pod, ports }));
  return found;
}

/** Labels of the namespaces that the pods stand in; one label at both ends is one difference. */
function namespaceDifferences(input: Ends): readonly Difference[] {
  const found = new Map<string, Difference>();
  for (const end of ["src", "dst"] as const) {
    const pods = podsAt(input, end);
    if (pods === undefined || pods.before.namespace !== pods.after.namespace) continue;
    const { namespace, namespaceLabels } = pods.before;
    for (const key of differingKeys(namespaceLabels, pods.after.namespaceLabels)) {
      const change: Change = (pod) =>
        pod.namespace === namespace
          ? { ...pod, namespaceLabels: withKey(pod.namespaceLabels, namespaceLabels, key) }
          : pod;
      const revert: Difference["revert"] = (state) => onEnds(state, ["src", "dst"], change);
      found.set(`${namespace} ${key}`, { kind: "namespace", namespace, key, revert });
    }
  }
  return [...found.values()];
}

function podsAt({ flow }: Ends, end: EndName): { readonly before: Pod; readonly after: Pod } | undefined {
  const [base, head] = [flow.base[end], flow.head[end]];
  if (base.kind !== "pod" || head.kind !== "pod" || base.pod === head.pod) return undefined;
  return { before: base.pod, after: head.pod };
}

function onEnds(state: State, ends: readonly EndName[], change: Change): State {
  const on = (end: EndName): Endpoint => {
    const endpoint = state[end];
    return ends.includes(end) && endpoint.kind === "pod" ? { kind: "pod", pod: change(endpoint.pod) } : endpoint;
  };
  return { ...state, src: on("src"), dst: on("dst") };
}

function differingKeys(before: LabelSet, after: LabelSet): readonly string[] {
  if (before === after) return [];
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => before.has(key) !== after.has(key) || before.get(key) !== after.get(key),
  );
}

function withKey(labels: LabelSet, from: LabelSet, key: string): LabelSet {
  const copy = new Map(labels);
  if (from.has(key)) copy.set(key, from.get(key));
  else copy.delete(key);
  return copy;
}
