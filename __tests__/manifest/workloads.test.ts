import { describe, expect, it } from "vitest";
import { OPERATOR_KINDS } from "../../src/manifest/operators.ts";
import { formatWorkload, hasTwins, type Workload } from "../../src/model/cluster.ts";
import { clusterOf } from "./context.ts";

const SPEC = "{containers: [{name: c, image: i}]}";

function deployment(name: string, labels = "{app: web}", spec = SPEC, more = ""): string {
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, namespace: prod}\nspec:\n  selector: {matchLabels: ${labels}}\n${more}  template:\n    metadata: {labels: ${labels}}\n    spec: ${spec}\n---\n`;
}

function pod(name: string, metadata = "", spec = SPEC): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: prod${metadata}}\nspec: ${spec}\n---\n`;
}

function workloadsOf(text: string): readonly Workload[] {
  return clusterOf({ "a.yaml": text }).workloads;
}

function only(text: string): Workload {
  const { workloads, issues } = clusterOf({ "a.yaml": text });
  const [workload] = workloads;
  if (workload === undefined || workloads.length > 1) throw new Error(`not one workload: ${JSON.stringify(issues)}`);
  return workload;
}

const names = (text: string) => workloadsOf(text).map(formatWorkload);
const issuesOf = (text: string) =>
  clusterOf({ "a.yaml": text }).issues.map(({ code, severity, message }) => `${code} ${severity} ${message}`);
const labels = (text: string) => Object.fromEntries(only(text).pod.labels);

describe("workloads", () => {
  it("every built-in kind makes pods with the labels of its template", () => {
    const template = `  template:\n    metadata: {labels: {app: web}}\n    spec: ${SPEC}\n`;
    const kinds: readonly (readonly [string, string, string])[] = [
      ["apps/v1", "Deployment", `  selector: {matchLabels: {app: web}}\n${template}`],
      ["apps/v1", "StatefulSet", `  selector: {matchLabels: {app: web}}\n${template}`],
      ["apps/v1", "DaemonSet", `  selector: {matchLabels: {app: web}}\n${template}`],
      ["apps/v1", "ReplicaSet", `  selector: {matchLabels: {app: web}}\n${template}`],
      ["extensions/v1beta1", "Deployment", template],
      ["v1", "ReplicationController", template],
      ["batch/v1", "Job", template],
      ["apps.openshift.io/v1", "DeploymentConfig", template],
      ["batch/v1", "CronJob", `  jobTemplate:\n    spec:\n${template.replace(/^/gm, "    ").trimEnd()}\n`],
    ];
    for (const [apiVersion, kind, spec] of kinds) {
      const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x, namespace: prod}\nspec:\n${spec}`;
      const workload = only(text);
      expect([formatWorkload(workload), workload.pod.labels.get("app")]).toEqual([`prod/x[${kind}]`, "web"]);
    }
  });

  it("replicas are as declared: 1 where nothing is said, the cluster's choice for a DaemonSet or a placeholder", () => {
    expect(only(deployment("a")).replicas).toBe(1);
    expect(only(deployment("a", "{app: web}", SPEC, "  replicas: 3\n")).replicas).toBe(3);
    expect(only(deployment("a", "{app: web}", SPEC, `  replicas: \${N}\n`)).replicas).toBeUndefined();
    expect(hasTwins(only(deployment("a").replace("Deployment", "DaemonSet")))).toBe(true);
  });

  it("a Job counts the pods that run at one time", () => {
    const job = (spec: string) =>
      only(
        `apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: prod}\nspec:\n${spec}  template: {spec: ${SPEC}}\n`,
      ).replicas;
    expect([
      job(""),
      job("  parallelism: 3\n"),
      job("  parallelism: 3\n  completions: 1\n"),
      job("  completions: 5\n"),
    ]).toEqual([1, 3, 1, 1]);
  });

  it("an ordinal that does not start at 0 is kept", () => {
    const text = deployment("a", "{app: web}", SPEC, "  ordinals: {start: 5}\n").replace("Deployment", "StatefulSet");
    expect(only(text).firstReplica).toBe(5);
  });

  it("lines of labels and the line of kind are kept", () => {
    const { source, labelLines } = only(
      `apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  namespace: prod\n  labels:\n    app: web\nspec: ${SPEC}\n`,
    );
    expect([source, [...labelLines]]).toEqual([{ file: "a.yaml", line: 2 }, [["app", 7]]]);
  });
});

describe("labels that controllers add", () => {
  it("job-name is the name of the Job, and unknown for a CronJob or a generated name", () => {
    const job = `apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate, namespace: prod}\nspec: {template: {spec: ${SPEC}}}\n`;
    const cron = `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c, namespace: prod}\nspec: {jobTemplate: {spec: {template: {spec: ${SPEC}}}}}\n`;
    expect(labels(job)).toMatchObject({ "job-name": "migrate", "batch.kubernetes.io/job-name": "migrate" });
    for (const text of [cron, job.replace("name: migrate", "generateName: migrate-")]) {
      expect(only(text).pod.labels.has("job-name")).toBe(true);
      expect(labels(text)["job-name"]).toBeUndefined();
    }
  });

  it("a label that a controller sets replaces what the template says of it", () => {
    const template = `{metadata: {labels: {job-name: mine, app: web}}, spec: ${SPEC}}`;
    const job = `apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate, namespace: prod}\nspec: {template: ${template}}\n`;
    expect(labels(job)).toMatchObject({ "job-name": "migrate", app: "web" });
  });

  it("a Job with a selector of its own has no job-name", () => {
    const text = `apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: prod}\nspec: {manualSelector: true, template: {spec: ${SPEC}}}\n`;
    expect(only(text).pod.labels.has("job-name")).toBe(false);
  });

  it("hashes, ordinals and pod names are there with a value that nobody knows", () => {
    const keys = (text: string) =>
      [...only(text).pod.labels].filter(([, value]) => value === undefined).map(([key]) => key);
    expect(keys(deployment("a"))).toEqual(["pod-template-hash"]);
    expect(keys(deployment("a").replace("Deployment", "DaemonSet"))).toEqual([
      "controller-revision-hash",
      "pod-template-generation",
    ]);
    expect(keys(deployment("a").replace("Deployment", "StatefulSet"))).toEqual([
      "statefulset.kubernetes.io/pod-name",
      "apps.kubernetes.io/pod-index",
      "controller-revision-hash",
    ]);
    expect(keys(pod("a"))).toEqual([]);
  });
});

describe("ports", () => {
  const ports = (spec: string) => only(pod("p", "", spec)).pod.ports;

  it("named ports come from containers, then from init containers that stay", () => {
    const spec = `{containers: [{name: c, image: i, ports: [{name: web, containerPort: 80}, {containerPort: 81}]}], initContainers: [{name: s, image: i, restartPolicy: Always, ports: [{name: dns, containerPort: 53, protocol: UDP}]}, {name: o, image: i, ports: [{name: once, containerPort: 1}]}]}`;
    expect(ports(spec)).toEqual([
      { name: "web", protocol: "TCP", port: 80 },
      { name: "dns", protocol: "UDP", port: 53 },
    ]);
    expect(only(pod("p", "", spec)).declaredPorts).toBe("TCP 80-81,UDP 53");
  });

  it("under Calico every init container counts with its named ports", () => {
    const spec = `{containers: [{name: c, image: i}], initContainers: [{name: o, image: i, ports: [{name: once, containerPort: 1}]}]}`;
    const { workloads } = clusterOf({ "a.yaml": pod("p", "", spec) }, { cni: "calico" });
    expect(workloads[0]?.pod.ports).toEqual([{ name: "once", protocol: "TCP", port: 1 }]);
  });

  it("a name that two containers give to different numbers stands for both, and is told", () => {
    const spec = `{containers: [{name: a, image: i, ports: [{name: web, containerPort: 80}]}, {name: b, image: i, ports: [{name: web, containerPort: 81}]}]}`;
    expect(ports(spec)?.map(({ port }) => port)).toEqual([80, 81]);
    expect(issuesOf(pod("p", "", spec)).join()).toContain(
      "SUSPECT warning `Pod prod/p` gives the port name `web` to 80 and 81",
    );
  });
});

describe("workloads that the API server rejects", () => {
  it("a label that YAML read as something else is named", () => {
    expect(issuesOf(deployment("a", "{app: on}"))[0]).toContain(
      'is the boolean `on`, and labels are text (write `"on"`)',
    );
    expect(names(deployment("a", "{version: 1.10}"))).toEqual([]);
    expect(issuesOf(pod("p", ", labels: {app: a b}"))[0]).toContain("is no label value");
  });

  it("a Deployment without a selector is a patch or rejected, and never a workload", () => {
    const text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: prod}\nspec: {replicas: 5}\n";
    expect(names(text)).toEqual([]);
    expect(issuesOf(text)[0]).toMatch(/^REJECTED error .*`spec.template` is required/);
    const patch = text.replace("{replicas: 5}", `{template: {spec: ${SPEC}}}`);
    expect(issuesOf(patch)[0]).toContain("`spec.selector` is required; a patch is no object");
  });

  it("a selector that misses its own pods is told, and the pods are read all the same", () => {
    const text = deployment("a").replace("matchLabels: {app: web}", "matchLabels: {app: other}");
    expect(names(text)).toEqual(["prod/a[Deployment]"]);
    expect(issuesOf(text)[0]).toContain("does not match the labels of its own pods");
  });

  it("a placeholder in labels or ports is a template and hides; one in the workload's own labels is not", () => {
    expect(issuesOf(pod("p", `, labels: {app: "\${APP}"}`))[0]).toMatch(/^TEMPLATE error/);
    const own = deployment("a").replace("namespace: prod", `namespace: prod, labels: {app: "\${APP}"}`);
    expect(issuesOf(own)).toEqual([]);
  });
});

describe("owners", () => {
  const owned = (name: string, owner: string, podLabels = "{app: web}") =>
    pod(name, `, labels: ${podLabels}, ownerReferences: [${owner}]`);

  it("pods of an owner are one workload with the owner's name and kind", () => {
    const text =
      owned("a-1", "{kind: ReplicaSet, name: a, controller: true}") +
      owned("a-2", "{kind: ReplicaSet, name: a, controller: true}");
    const workload = only(text);
    expect([formatWorkload(workload), workload.replicas]).toEqual(["prod/a[ReplicaSet]", 2]);
    expect(only(owned("d-1", "{kind: DaemonSet, name: d}")).replicas).toBeUndefined();
    expect(names(owned("x", "{name: o}"))).toEqual(["prod/o[Pod]"]);
  });

  it("a declared owner takes in the pods of its template", () => {
    expect(names(deployment("web") + owned("web-1", "{kind: Deployment, name: web}"))).toEqual([
      "prod/web[Deployment]",
    ]);
  });

  it("pods that differ from the owner's template, and owners that make no such thing, hide nothing", () => {
    expect(names(deployment("web") + owned("x", "{kind: Deployment, name: web}", "{app: evil}"))).toEqual([
      "prod/web[Deployment]",
      "prod/x[Pod]",
    ]);
    const claimed = deployment("evil").replace(
      "namespace: prod",
      "namespace: prod, ownerReferences: [{kind: Deployment, name: evil}]",
    );
    expect(names(claimed)).toEqual(["prod/evil[Deployment]"]);
    expect(names(owned("p", "{name: p}"))).toEqual(["prod/p[Pod]"]);
  });

  it("a node owns its static pods in name only", () => {
    expect(names(owned("a", "{kind: Node, name: n1}") + owned("b", "{kind: Node, name: n1}"))).toEqual([
      "prod/a[Pod]",
      "prod/b[Pod]",
    ]);
  });

  it("labels in which the pods of one owner differ have an unknown value, an error where a policy asks for them", () => {
    const text =
      owned("a-1", "{kind: ReplicaSet, name: a}", "{app: web, shard: one}") +
      owned("a-2", "{kind: ReplicaSet, name: a}", "{app: web, shard: two}");
    expect(issuesOf(text)).toEqual([]);
    const policy = (selector: string) =>
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: prod}\nspec: {podSelector: {${selector}}}\n`;
    expect(issuesOf(text + policy("matchExpressions: [{key: shard, operator: Exists}]"))).toEqual([]);
    expect(issuesOf(text + policy("matchLabels: {shard: one}"))[0]).toMatch(/^SUSPECT error .*differ in `shard`/);
    expect(labels(text + policy("matchLabels: {shard: one}"))).toEqual({ app: "web", shard: undefined });
  });
});

describe("annotations and digests", () => {
  const annotated = (value: string) => pod("p", `, annotations: {netpol-review.io/protected: "${value}"}`);

  it("the annotation names the protected sides, and anything else in it is an error", () => {
    expect(only(annotated("ingress, egress")).protected).toEqual(["ingress", "egress"]);
    expect(only(annotated("egress")).protected).toEqual(["egress"]);
    expect(issuesOf(annotated("both"))[0]).toMatch(/^CONFIG_INVALID error .*not `both`/);
  });

  it("templates that differ in names and labels only have one digest", () => {
    const digest = (text: string) => only(text).templateDigest;
    expect(digest(deployment("a"))).toBe(digest(deployment("b", "{app: other}").replace("name: c,", "name: d,")));
    expect(digest(deployment("a"))).not.toBe(digest(deployment("a").replace("image: i", "image: j")));
  });
});

describe("custom resources that make pods", () => {
  it("each row names its source and one place for labels", () => {
    for (const row of OPERATOR_KINDS) {
      expect([row.kind, row.source.length > 10, row.labels.at(-1)]).toEqual([row.kind, true, "labels"]);
    }
  });

  it("the labels of the manifest and those that the operator adds are on the pods", () => {
    const of = (apiVersion: string, kind: string, spec: string) =>
      only(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x, namespace: prod}\nspec: ${spec}\n`);
    const rollout = of(
      "argoproj.io/v1alpha1",
      "Rollout",
      `{template: {metadata: {labels: {app: web}}, spec: ${SPEC}}}`,
    );
    expect(Object.fromEntries(rollout.pod.labels)).toEqual({ app: "web", "rollouts-pod-template-hash": undefined });
    const cnpg = of("postgresql.cnpg.io/v1", "Cluster", "{instances: 3}");
    expect([cnpg.pod.labels.get("cnpg.io/cluster"), cnpg.replicas, cnpg.pod.ports]).toEqual(["x", 3, undefined]);
    const prometheus = of(
      "monitoring.coreos.com/v1",
      "Prometheus",
      "{podMetadata: {labels: {team: ops}}, hostNetwork: true}",
    );
    expect([
      prometheus.pod.labels.get("team"),
      prometheus.pod.labels.get("prometheus"),
      prometheus.pod.hostNetwork,
    ]).toEqual(["ops", "x", true]);
    const kafka = of(
      "kafka.strimzi.io/v1beta2",
      "Kafka",
      "{kafka: {replicas: 2, template: {pod: {metadata: {labels: {a: b}}}}}}",
    );
    expect([kafka.pod.labels.get("a"), kafka.pod.labels.get("strimzi.io/name"), kafka.replicas]).toEqual([
      "b",
      "x-kafka",
      2,
    ]);
  });

  it("a Rollout that takes the template of a Deployment makes no workload of its own", () => {
    expect(
      names(
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: x, namespace: prod}\nspec: {workloadRef: {kind: Deployment, name: web}}\n",
      ),
    ).toEqual([]);
  });
});
