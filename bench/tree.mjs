// Writes seeded trees of Kubernetes manifests: the same arguments give the same bytes, on every machine.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const TIERS = ["web", "api", "jobs", "cache", "store", "edge"];

/**
 * Writes a tree below `dir`: a file for each workload (Deployment, Service, ServiceAccount, ConfigMap and, for three in
 * four, a NetworkPolicy of its own) and a file for each namespace (Namespace and four policies). `dialect` adds policies
 * of a plugin to each namespace. Returns the file and the text of the change that a benchmark commits on top.
 */
export function writeTree(dir, { workloads, seed, dialect = "none" }) {
  const random = generator(seed);
  const namespaces = Math.max(1, Math.round(workloads / 10));
  const sizes = skewedSizes(workloads, namespaces, random);
  let number = 0;
  for (let n = 0; n < namespaces; n++) {
    const namespace = `team-${pad(n, 5)}`;
    const folder = path.join(dir, "clusters", pad(n % 100, 2), namespace);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "namespace.yaml"), namespaceFile(namespace, n, dialect));
    for (let i = 0; i < sizes[n]; i++, number++) {
      const name = `app-${pad(number, 6)}`;
      writeFileSync(path.join(folder, `${name}.yaml`), workloadFile({ namespace, name, number, random }));
    }
  }
  const first = `team-${pad(0, 5)}`;
  return {
    file: path.join("clusters", "00", first, "namespace.yaml"),
    before: "  ingress:\n  - from:\n    - podSelector: {}\n",
    after: "  ingress:\n  - ports:\n    - port: 8080\n    from:\n    - podSelector: {}\n",
  };
}

/** Numbers from 0 up to, and without, 1. Source: mulberry32, a public-domain generator. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Few namespaces are large and most are small; each has a workload. */
function skewedSizes(workloads, namespaces, random) {
  const sizes = Array.from({ length: namespaces }, () => 1);
  for (let left = workloads - namespaces; left > 0; left--) sizes[Math.floor(random() ** 2 * namespaces)]++;
  return sizes;
}

function pad(number, digits) {
  return String(number).padStart(digits, "0");
}

function workloadFile({ namespace, name, number, random }) {
  const tier = TIERS[Math.floor(random() * TIERS.length)];
  const meta = `  name: ${name}\n  namespace: ${namespace}\n  labels:\n    app: ${name}\n    tier: ${tier}\n`;
  const digest = Array.from({ length: 8 }, () => Math.floor(random() * 2 ** 32).toString(16)).join("");
  const parts = [
    deployment(meta, { name, tier, number, digest }),
    service(meta, name),
    account(meta),
    config(meta, random),
  ];
  if (number % 4 !== 0) parts.push(ownPolicy(meta, { name, tier: TIERS[number % TIERS.length], number }));
  return parts.join("---\n");
}

function deployment(meta, { name, tier, number, digest }) {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
${meta}  annotations:
    example.com/digest: ${digest}
spec:
  replicas: ${1 + (number % 4)}
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
        tier: ${tier}
        version: v${number % 7}
      annotations:
        prometheus.io/scrape: "true"
    spec:
      serviceAccountName: ${name}
      containers:
      - name: main
        image: registry.example.com/${name}:1.${number % 40}@sha256:${digest}
        args: ["--listen=:8080", "--log=info"]
        ports:
        - name: http
          containerPort: 8080
        - name: metrics
          containerPort: 9090
        env:
        - name: POD_IP
          valueFrom:
            fieldRef:
              fieldPath: status.podIP
        - name: OPTIONS
          value: "-Xmx512m -Dfile.encoding=UTF-8"
        resources:
          requests: { cpu: 100m, memory: 256Mi }
          limits: { memory: 512Mi }
        readinessProbe:
          httpGet:
            path: /ready
            port: http
          periodSeconds: 10
        volumeMounts:
        - name: config
          mountPath: /etc/app
      volumes:
      - name: config
        configMap:
          name: ${name}
`;
}

function service(meta, name) {
  return `apiVersion: v1\nkind: Service\nmetadata:\n${meta}spec:\n  selector:\n    app: ${name}\n  ports:\n  - name: http\n    port: 80\n    targetPort: http\n`;
}

function account(meta) {
  return `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n${meta}`;
}

function config(meta, random) {
  const lines = Array.from({ length: 30 }, (_, i) => `    option.${i}.value = ${Math.floor(random() * 1e9)}`);
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n${meta}data:\n  app.properties: |\n${lines.join("\n")}\n`;
}

function ownPolicy(meta, { name, tier, number }) {
  const block =
    number % 5 === 0
      ? `    - ipBlock:\n        cidr: 10.${number % 200}.0.0/16\n        except: [10.${number % 200}.1.0/24]\n`
      : "";
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
${meta}spec:
  podSelector:
    matchLabels:
      app: ${name}
  policyTypes: [Ingress]
  ingress:
  - from:
    - podSelector:
        matchLabels:
          tier: ${tier}
${block}    ports:
    - port: ${8000 + (number % 3)}
`;
}

function namespaceFile(namespace, number, dialect) {
  const policy = (name, spec) =>
    `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\nspec:\n${spec}`;
  return [
    `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}\n  labels:\n    team: team-${number % 20}\n`,
    policy("inside", "  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from:\n    - podSelector: {}\n"),
    policy(
      "dns",
      "  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - ports:\n    - protocol: UDP\n      port: 53\n",
    ),
    policy(
      "out",
      "  podSelector:\n    matchLabels:\n      tier: jobs\n  policyTypes: [Egress]\n  egress:\n  - to:\n    - ipBlock:\n        cidr: 192.0.2.0/24\n",
    ),
    policy(
      "neighbours",
      `  podSelector:\n    matchLabels:\n      tier: edge\n  policyTypes: [Ingress]\n  ingress:\n  - from:\n    - namespaceSelector:\n        matchLabels:\n          team: team-${(number + 1) % 20}\n`,
    ),
    ...(dialect === "calico" ? [calicoPolicy(namespace)] : []),
    ...(dialect === "cilium" ? [ciliumPolicy(namespace)] : []),
  ].join("");
}

function calicoPolicy(namespace) {
  return `---\napiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata:\n  name: default.store\n  namespace: ${namespace}\nspec:\n  order: 10\n  selector: tier == 'store'\n  types: [Ingress]\n  ingress:\n  - action: Allow\n    protocol: TCP\n    source:\n      selector: tier in {'api', 'jobs'}\n    destination:\n      ports: [8080]\n`;
}

function ciliumPolicy(namespace) {
  return `---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: store\n  namespace: ${namespace}\nspec:\n  endpointSelector:\n    matchLabels:\n      tier: store\n  ingress:\n  - fromEndpoints:\n    - matchLabels:\n        tier: api\n    toPorts:\n    - ports:\n      - port: "8080"\n        protocol: TCP\n`;
}
