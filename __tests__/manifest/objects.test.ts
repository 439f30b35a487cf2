import { describe, expect, it } from "vitest";
import { objectsOf } from "./context.ts";

const POD =
  "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns}\nspec: {containers: [{name: c, image: i}]}\n";
const NP = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: ns}\nspec: {}\n";

function shown(text: string) {
  const { objects, issues } = objectsOf(text);
  return {
    objects: objects.map(({ ref, source }) => `${ref.group}/${ref.kind} ${ref.namespace}/${ref.name}:${source.line}`),
    issues: issues.map(
      ({ code, severity, at, hides }) => `${code} ${severity} ${at?.line}${hides === true ? " hides" : ""}`,
    ),
  };
}

function messages(text: string): string {
  return objectsOf(text)
    .issues.map(({ message }) => message)
    .join("\n");
}

describe("documents", () => {
  it("a document of a known kind is an object, with the line of its kind", () => {
    expect(shown(`# note\n---\n${NP}`)).toEqual({ objects: ["networking.k8s.io/NetworkPolicy ns/p:4"], issues: [] });
  });

  it("a document that is no Kubernetes object is nothing, and no issue", () => {
    const texts = [
      "- a\n- b\n",
      "a: b\n",
      "kind: Deployment\n",
      "apiVersion: v1\n",
      "kind: 5\napiVersion: v1\n",
      "text\n",
    ];
    expect(texts.slice(0, 2).map(shown)).toEqual(Array(2).fill({ objects: [], issues: [] }));
    expect(texts.slice(3).map(shown)).toEqual(Array(3).fill({ objects: [], issues: [] }));
  });

  it("an object of a known kind without apiVersion is rejected", () => {
    expect(shown("kind: NetworkPolicy\nmetadata: {name: p}\n").issues).toEqual(["REJECTED error 1 hides"]);
    expect(messages("kind: Deployment\nmetadata: {name: p}\n")).toContain("`apiVersion` is required");
  });

  it("an object of a policy group without kind is rejected", () => {
    expect(messages("apiVersion: networking.k8s.io/v1\nmetadata: {name: p}\n")).toContain("`kind` is required");
  });

  it("manifests inside a ConfigMap are data, and told where a changed file is read whole", () => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a.yaml: |\n    apiVersion: networking.k8s.io/v1\n    kind: NetworkPolicy\n`;
    expect(shown(text)).toEqual({ objects: [], issues: ["NOT_ANALYSED error 2 hides"] });
    expect(shown(text.replace("kind: NetworkPolicy", "kind: Deployment"))).toEqual({ objects: [], issues: [] });
  });

  it("groups that served the same object are one", () => {
    const groups = [
      ["extensions/v1beta1", "NetworkPolicy", "networking.k8s.io"],
      ["extensions/v1beta1", "Deployment", "apps"],
      ["apps/v1beta2", "DaemonSet", "apps"],
      ["v1", "DeploymentConfig", "apps.openshift.io"],
    ];
    for (const [apiVersion, kind, group] of groups) {
      const { objects } = objectsOf(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: p}\n`);
      expect(objects.map(({ ref }) => ref.group)).toEqual([group]);
    }
  });

  it("a cluster-scoped object has no namespace, whatever it says", () => {
    const text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: b}\n";
    expect(shown(text).objects).toEqual(["/Namespace /a:2"]);
  });

  it("generateName stands for a missing name", () => {
    expect(shown("apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: run-}\n").objects).toEqual([
      "batch/Job /run-:2",
    ]);
    expect(messages("apiVersion: batch/v1\nkind: Job\nmetadata: {}\n")).toContain("`metadata.name` is required");
  });
});

describe("lists", () => {
  it("a List gives its items with their own lines", () => {
    const text =
      "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: b\n";
    expect(shown(text)).toEqual({ objects: ["/Pod /a:5", "/Pod /b:9"], issues: [] });
  });

  it("an empty list, a null list and a null item hold nothing", () => {
    for (const items of ["[]", "", "[null]"]) {
      expect(shown(`apiVersion: v1\nkind: List\nitems: ${items}\n`)).toEqual({ objects: [], issues: [] });
    }
  });

  it("items of a typed list take the type from the list", () => {
    const text =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicyList\nitems:\n- metadata: {name: a, namespace: ns}\n  spec: {}\n";
    expect(shown(text).objects).toEqual(["networking.k8s.io/NetworkPolicy ns/a:4"]);
  });

  it.each(["ConfigMap", "NetworkPolicy", "Application", ""])("whatever has items is a list, also a `%s`", (kind) => {
    const own = "metadata: {name: own, namespace: ns}\nspec: {podSelector: {}}\n";
    const text = `apiVersion: v1\nkind: ${kind}\n${own}items:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n`;
    expect(shown(text)).toEqual({ objects: ["/Pod /a:6"], issues: ["SUSPECT warning 5"] });
    expect(shown(text.replace("items", '"items"')).objects).toEqual(["/Pod /a:6"]);
  });

  it("items that are no list make `kubectl` refuse the document", () => {
    const policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: own}\n";
    expect(shown(`${policy}items: {}\n`)).toEqual({ objects: [], issues: ["REJECTED error 4 hides"] });
    expect(shown(`${policy}items:\n`)).toEqual({ objects: [], issues: ["SUSPECT warning 4"] });
    expect(shown("apiVersion: v1\nkind: PodList\nitems: null\n")).toEqual({ objects: [], issues: [] });
  });

  it("items of what is no manifest are nothing", () => {
    expect(shown("title: x\nitems: {type: string}\n")).toEqual({ objects: [], issues: [] });
    expect(shown("kind: Shelf\nitems: [a, {b: c}]\n")).toEqual({ objects: [], issues: [] });
  });

  it("lists in lists are unwrapped, and endless ones told", () => {
    const nested = (depth: number): string =>
      depth === 0
        ? `{apiVersion: v1, kind: Pod, metadata: {name: a}}`
        : `{apiVersion: v1, kind: List, items: [${nested(depth - 1)}]}`;
    expect(shown(nested(3)).objects).toEqual(["/Pod /a:1"]);
    expect(shown(nested(25)).issues).toEqual(["LIMIT error 1 hides"]);
  });
});

describe("templates and patches", () => {
  it("an OpenShift template gives its objects with the values of its parameters", () => {
    const text = `apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: {name: t}\nparameters:\n- {name: APP, value: web}\n- {name: PORT, value: "8080"}\nlabels: {made: here}\nobjects:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: \${APP}\n  spec:\n    containers:\n    - name: c\n      image: i\n      ports:\n      - containerPort: \${{PORT}}\n`;
    const { objects, issues } = objectsOf(text);
    expect(objects.map(({ ref, source }) => [ref.kind, ref.name, source.line])).toEqual([["Pod", "web", 10]]);
    expect(issues.map(({ code, severity }) => `${code} ${severity}`)).toEqual(["TEMPLATE warning"]);
    expect(JSON.stringify([...(objects[0]?.node.entries.keys() ?? [])])).toContain("spec");
  });

  it("a parameter without a value leaves a template that nobody filled in", () => {
    const text = `apiVersion: v1\nkind: Template\nparameters:\n- {name: APP, required: true}\nobjects:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: "\${APP}"}\n`;
    expect(shown(text)).toEqual({ objects: [], issues: ["TEMPLATE error 8 hides"] });
  });

  it("a placeholder in name or namespace is a template, and hides", () => {
    for (const name of ["'{{ .Values.name }}'", `'\${APP}-db'`, "'$(APP)'"]) {
      expect(shown(`apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`)).toEqual({
        objects: [],
        issues: ["TEMPLATE error 4 hides"],
      });
    }
  });

  it("a placeholder as kind is a template", () => {
    expect(shown("apiVersion: apps/v1\nkind: '{{ .Values.kind }}'\nmetadata: {name: a}\n").issues).toEqual([
      "TEMPLATE error 2 hides",
    ]);
  });

  it("a $patch document is no object", () => {
    const text = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\n$patch: delete\n";
    expect(shown(text)).toEqual({ objects: [], issues: ["PATCH warning 2"] });
  });
});

describe("kinds that are not ours", () => {
  it("a kind is known by group and kind, never by kind alone or by a part of its name", () => {
    const known = [
      "crd.antrea.io/v1beta1 NetworkPolicy",
      "k8s.ovn.org/v1 EgressFirewall",
      "networking.k8s.aws/v1alpha1 ClusterNetworkPolicy",
    ];
    const unknown = [
      "nmstate.io/v1 NodeNetworkConfigurationPolicy",
      "kguardian.dev/v1 AuditClusterNetworkPolicy",
      "example.com/v1 EgressFirewall",
      "example.com/v1 Deployment",
    ];
    const codes = (type: string) => {
      const [apiVersion, kind] = type.split(" ");
      return objectsOf(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n`).issues.map(
        ({ code }) => code,
      );
    };
    expect(known.map(codes)).toEqual([["NOT_ANALYSED"], ["NOT_ANALYSED"], ["NOT_ANALYSED"]]);
    expect(unknown.map(codes)).toEqual([[], [], [], []]);
  });

  it("a policy kind of an API group that nobody knows is told and hides", () => {
    const text = "apiVersion: example.com/v1\nkind: NetworkPolicy\nmetadata: {name: x}\n";
    expect(shown(text)).toEqual({ objects: [], issues: ["UNKNOWN_KIND error 2 hides"] });
  });

  it("a policy kind of a group that cannot exist is rejected", () => {
    expect(messages("apiVersion: networking/v1\nkind: NetworkPolicy\nmetadata: {name: x}\n")).toContain(
      "no API group `networking` exists",
    );
    expect(messages("apiVersion: v1\nkind: NetworkPolicy\nmetadata: {name: x}\n")).toContain(
      "`apiVersion` serves no `NetworkPolicy`",
    );
  });

  it("a version that nobody serves and a misspelt kind are rejected", () => {
    expect(messages(NP.replace("/v1", "/v2"))).toContain("write `networking.k8s.io/v1`");
    expect(messages(POD.replace("kind: Pod", "kind: pod"))).toContain("must be spelt `Pod`");
  });

  it("a generator is told only where it holds a policy or a workload", () => {
    const policy = (kind: string) =>
      `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: k}\nspec:\n  rules:\n  - name: r\n    generate:\n      apiVersion: v1\n      kind: ${kind}\n`;
    expect(messages(policy("NetworkPolicy"))).toBe(
      "`ClusterPolicy k` of `kyverno.io` is not analysed: it holds `NetworkPolicy`",
    );
    expect(shown(policy("Secret"))).toEqual({ objects: [], issues: [] });
  });

  it("a wrapper's text counts like its objects", () => {
    const text = `apiVersion: fleet.cattle.io/v1alpha1\nkind: Bundle\nmetadata: {name: b}\nspec:\n  resources:\n  - content: |\n      apiVersion: apps/v1\n      kind: Deployment\n`;
    expect(messages(text)).toContain("it holds `Deployment`");
  });

  it("an issue about content carries the content, so that a change in it shows", () => {
    const text = "apiVersion: k8s.ovn.org/v1\nkind: EgressFirewall\nmetadata: {name: default}\nspec: {egress: []}\n";
    const contentOf = (source: string) => objectsOf(source).issues[0]?.content;
    expect(contentOf(text)).toBe(contentOf(`# moved\n\n${text}`));
    expect(contentOf(text)).not.toBe(contentOf(text.replace("[]", "[{type: Allow}]")));
  });
});
