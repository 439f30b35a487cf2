import fc from "fast-check";

/** A manifest before it is written: what `kubectl` would send. */
export type Manifest = { readonly [key: string]: unknown };

const NAMESPACES = ["one", "two", "undeclared"];
const VALUES = ["a", "b", ""];

const label = fc.tuple(fc.constantFrom("app", "tier"), fc.constantFrom(...VALUES));
const labels = fc
  .uniqueArray(label, { maxLength: 2, selector: ([key]) => key })
  .map((pairs) => Object.fromEntries(pairs));
const namespace = fc.constantFrom(...NAMESPACES);

const expression = fc.oneof(
  fc.record({
    key: fc.constantFrom("app", "tier"),
    operator: fc.constantFrom("In", "NotIn"),
    values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key: fc.constantFrom("app", "tier"), operator: fc.constantFrom("Exists", "DoesNotExist") }),
);

/** A label selector in every spelling, the empty ones among them. */
const selector: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom({}, { matchLabels: {} }, { matchLabels: null, matchExpressions: [] }),
  labels.map((matchLabels) => ({ matchLabels })),
  fc.record({ matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 2 }) }),
);

const namespaceSelector = fc.oneof(
  selector,
  fc.constantFrom(...NAMESPACES).map((name) => ({ matchLabels: { "kubernetes.io/metadata.name": name } })),
);

const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector }),
  fc.record({ namespaceSelector, podSelector: selector }),
  fc.constantFrom(
    { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16", "10.2.0.0/16"] } },
    { ipBlock: { cidr: "192.0.2.7/32" } },
    { ipBlock: { cidr: "2001:db8::/32" } },
    { ipBlock: { cidr: "0.0.0.0/0" } },
  ),
);

const port = fc.oneof(
  fc.constantFrom({}, { port: 80 }, { protocol: "UDP" }, { protocol: "UDP", port: 53 }, { port: 8000, endPort: 8100 }),
  fc.constantFrom({ port: "http" }, { port: "dns", protocol: "UDP" }, { protocol: "SCTP", port: 9 }),
);

const listOf = <T>(item: fc.Arbitrary<T>, minLength = 0) =>
  fc.oneof(fc.constantFrom(undefined, null), fc.array(item, { minLength, maxLength: 3 }));

/** One rule of a NetworkPolicy in the direction whose peers stand under `side`. */
export function ruleOf(side: "from" | "to"): fc.Arbitrary<Manifest> {
  return fc.record({ [side]: listOf(peer), ports: listOf(port) }).map(withoutUndefined);
}

const types = fc.constantFrom(undefined, null, [], ["Ingress"], ["Egress"], ["Ingress", "Egress"]);

const networkPolicy = fc
  .record({
    namespace,
    podSelector: fc.oneof(fc.constant(undefined), selector),
    policyTypes: types,
    ingress: listOf(ruleOf("from")),
    egress: listOf(ruleOf("to")),
  })
  .map(({ namespace: at, ...spec }) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { namespace: at },
    spec: withoutUndefined(spec),
  }));

const adminPeer = fc.oneof(
  fc.record({ namespaces: namespaceSelector }),
  fc.record({ pods: fc.record({ namespaceSelector, podSelector: selector }) }),
);
const adminPort = fc.constantFrom(
  { portNumber: { protocol: "TCP", port: 80 } },
  { portRange: { protocol: "UDP", start: 50, end: 60 } },
  { namedPort: "http" },
);
const adminRule = (side: "from" | "to", actions: readonly string[]) =>
  fc
    .record({
      action: fc.constantFrom(...actions),
      [side]: fc.array(adminPeer, { minLength: 1, maxLength: 2 }),
      ports: fc.oneof(fc.constant(undefined), fc.array(adminPort, { minLength: 1, maxLength: 2 })),
    })
    .map(withoutUndefined);

const adminPolicy = fc
  .record({
    isBaseline: fc.boolean(),
    subject: adminPeer,
    ingress: fc.array(adminRule("from", ["Allow", "Deny"]), { maxLength: 2 }),
    egress: fc.array(adminRule("to", ["Allow", "Deny", "Pass"]), { maxLength: 2 }),
  })
  .map(({ isBaseline, egress, ...spec }) => ({
    apiVersion: "policy.networking.k8s.io/v1alpha1",
    kind: isBaseline ? "BaselineAdminNetworkPolicy" : "AdminNetworkPolicy",
    metadata: {},
    spec: { ...spec, egress: isBaseline ? egress.filter(({ action }) => action !== "Pass") : egress },
  }));

const container = fc
  .array(
    fc.record({
      name: fc.constantFrom("http", "dns"),
      containerPort: fc.constantFrom(80, 8080, 53),
      protocol: fc.constantFrom("TCP", "UDP"),
    }),
    { maxLength: 2 },
  )
  .map((ports) => ({ name: "main", image: "registry.example/main:1", ports }));

const workload = fc
  .record({
    kind: fc.constantFrom("Deployment", "StatefulSet", "DaemonSet", "Pod"),
    namespace,
    labels,
    container,
    replicas: fc.constantFrom(1, 2),
    hostNetwork: fc.constantFrom(undefined, undefined, undefined, true),
  })
  .map(({ kind, namespace: at, labels: own, container: only, replicas, hostNetwork }): Manifest => {
    const spec = withoutUndefined({ containers: [only], hostNetwork });
    if (kind === "Pod") return { apiVersion: "v1", kind, metadata: { namespace: at, labels: own }, spec };
    const template = { metadata: { labels: { ...own, w: "1" } }, spec };
    const counted = kind === "DaemonSet" ? {} : { replicas };
    const selects = { selector: { matchLabels: { w: "1" } } };
    return { apiVersion: "apps/v1", kind, metadata: { namespace: at }, spec: { ...counted, ...selects, template } };
  });

/** A random tree: some namespaces declared, some workloads, policies of all tiers; no object twice. */
export const manifests: fc.Arbitrary<readonly Manifest[]> = fc
  .record({
    spaces: fc.tuple(labels, labels),
    workloads: fc.array(workload, { maxLength: 4 }),
    policies: fc.array(networkPolicy, { maxLength: 4 }),
    admin: fc.array(adminPolicy, { maxLength: 2 }),
  })
  .map(({ spaces, workloads, policies, admin }) => [
    ...spaces.map((own, i) =>
      named({ apiVersion: "v1", kind: "Namespace", metadata: { labels: own } }, NAMESPACES[i] ?? ""),
    ),
    ...workloads.map((each, i) => named(each, `w${i}`)),
    ...policies.map((each, i) => named(each, `p${i}`)),
    ...distinct(admin).map((each, i) =>
      each.kind === "AdminNetworkPolicy"
        ? named({ ...each, spec: { ...each.spec, priority: i } }, `a${i}`)
        : named(each, "default"),
    ),
  ]);

/** There is one baseline at most. */
function distinct<T extends { readonly kind: string }>(policies: readonly T[]): readonly T[] {
  const baseline = policies.find(({ kind }) => kind !== "AdminNetworkPolicy");
  return policies.filter((each) => each.kind === "AdminNetworkPolicy" || each === baseline);
}

function named(manifest: Manifest, name: string): Manifest {
  const { metadata } = manifest;
  return { ...manifest, metadata: { ...(typeof metadata === "object" ? metadata : {}), name } };
}

function withoutUndefined(fields: Manifest): Manifest {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
