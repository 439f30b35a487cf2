import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { directoryTree } from "../../src/tree/directory.ts";
import { RENDER_LIMITS, type RenderLimits, type RenderResult, renderRoot } from "../../src/tree/render.ts";
import type { HelmRequest, KustomizeRequest, RenderRequest } from "../../src/tree/render-request.ts";
import { findTools, type Tools } from "../../src/tree/render-tools.ts";

const folders: string[] = [];
const fresh = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "netpol-render-"));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string>>;
const real = await findTools(process.env.PATH ?? "", fresh());
const noKustomize = real.kustomize === undefined;
const noHelm = real.helm === undefined;

const common = {
  path: "app",
  written: new Map(),
  copies: [],
  at: { file: "app", line: 0 },
  kubeVersion: "1.33.0",
  apiVersions: [],
  network: false,
};
const kustomize = (some: Partial<KustomizeRequest> = {}): KustomizeRequest => ({
  ...common,
  files: [],
  tool: "kustomize",
  namespace: undefined,
  charts: false,
  ...some,
});
const helm = (some: Partial<HelmRequest> = {}): HelmRequest => ({
  ...common,
  files: [],
  tool: "helm",
  release: "app",
  namespace: "prod",
  values: [],
  set: [],
  upgrade: false,
  ...some,
});

async function render(
  files: Files,
  request: RenderRequest,
  some: { tools?: Tools; limits?: Partial<RenderLimits>; bytes?: number } = {},
): Promise<RenderResult> {
  const folder = fresh();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const tree = directoryTree(folder, { label: "tree" });
  const entries = request.files.length > 0 ? request.files : tree.entries;
  const scratch = fresh();
  const result = await renderRoot(
    { ...request, files: entries },
    {
      tree,
      tools: some.tools ?? real,
      scratch,
      budget: { bytes: some.bytes ?? 200_000_000 },
      limits: { ...RENDER_LIMITS, ...some.limits },
      proxies: {},
    },
  );
  expect(readdirSync(scratch), "nothing is left behind").toEqual([]);
  return result;
}

/** A program of our own under the name of a tool. */
async function fake(name: "kustomize" | "helm", script: string): Promise<Tools> {
  const bin = fresh();
  const version = name === "helm" ? "v3.21.0" : "v5.8.1";
  writeFileSync(join(bin, name), `#!/bin/sh\ncase "$1" in version) echo ${version}; exit 0;; esac\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
  const found = await findTools(bin, fresh());
  return { ...found, unshare: real.unshare };
}

const said = (result: RenderResult): string[] => result.issues.map((issue) => `${issue.code} ${issue.message}`);

describe("the place where a program runs", () => {
  test("nothing of our environment reaches it", async () => {
    process.env.GITHUB_TOKEN = "secret-of-the-runner";
    const result = await render({ "app/a": "x" }, kustomize(), { tools: await fake("kustomize", "/usr/bin/env; pwd") });
    delete process.env.GITHUB_TOKEN;
    const names = (result.text ?? "").split("\n").flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
    expect(result.text).not.toContain("secret-of-the-runner");
    expect(result.text).not.toContain(`HOME=${process.env.HOME}\n`);
    expect(names.filter((name) => !/^(?:_|PWD|OLDPWD|SHLVL)$/.test(name)).sort()).toEqual(
      "HELM_PLUGINS HOME HTTPS_PROXY HTTP_PROXY KUBECONFIG KUSTOMIZE_PLUGIN_HOME LC_ALL PATH TMPDIR XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME http_proxy https_proxy".split(
        " ",
      ),
    );
    expect(result.text).toContain("KUBECONFIG=/dev/null");
    expect(result.text).toContain("HTTPS_PROXY=http://127.0.0.1:9");
  });

  test("no program is in its PATH, git least of all", async () => {
    const tools = await fake("kustomize", "command -v git node ls curl; echo $?");
    expect((await render({ "app/a": "x" }, kustomize(), { tools })).text?.trim()).toBe("127");
  });

  test("it sees the files of its root and no others", async () => {
    const tools = await fake("kustomize", "cd ../tree; for f in * */*; do echo $f; done");
    const entry = { path: "app/a.yaml", blob: "1", kind: "file", size: 1 } as const;
    const result = await render(
      { "app/a.yaml": "x", "app/b.yaml": "y", "other/c.yaml": "z" },
      kustomize({ files: [entry] }),
      { tools },
    );
    expect(result.text?.trim().split("\n")).toEqual(["app", "app/a.yaml"]);
  });

  test.skipIf(real.unshare === undefined)(
    "it reaches no server, not even on this machine (needs `unshare`)",
    async () => {
      let calls = 0;
      const server = createServer((socket) => {
        calls += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      const script = `${process.execPath} -e 'require("net").connect(${port}, "127.0.0.1").on("error", (e) => console.log(e.code)).on("connect", () => console.log("in"))'`;
      const result = await render({ "app/a": "x" }, kustomize(), { tools: await fake("kustomize", script) });
      server.close();
      expect(calls).toBe(0);
      expect(result.text ?? said(result).join()).not.toContain("in\n");
    },
  );
});

describe("limits", () => {
  test("a program that does not end is killed with everything that it started", async () => {
    const file = join(fresh(), "pid");
    const tools = await fake("kustomize", `/bin/sh -c 'echo $$ > ${file}; while :; do :; done' & wait`);
    const result = await render({ "app/a": "x" }, kustomize(), { tools, limits: { timeoutMs: 1500 } });
    expect(said(result)).toEqual(["LIMIT kustomize build of `app` took more than 1.5 s"]);
    const pid = readFileSync(file, "utf8").trim();
    expect(existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[2] !== "Z").toBe(false);
  });

  test("output beyond the limit ends the program", async () => {
    const tools = await fake(
      "kustomize",
      'while :; do echo "a: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; done',
    );
    const result = await render({ "app/a": "x" }, kustomize(), { tools, limits: { outputBytes: 2_000_000 } });
    expect(said(result)).toEqual(["LIMIT kustomize build of `app` wrote more than 2 MB"]);
  });

  test("more files than a side may hold are not laid out", async () => {
    const result = await render({ "app/a": "x".repeat(100), "app/b": "y".repeat(100) }, kustomize(), {
      tools: await fake("kustomize", "echo a: 1"),
      bytes: 150,
    });
    expect(said(result)).toEqual(["LIMIT more than 200 MB to render on one side"]);
    expect(result.text).toBeUndefined();
  });

  test("the last line of a program that fails is told, without our folders and without control characters", async () => {
    const tools = await fake(
      "kustomize",
      `echo first >&2; printf 'Error: %s/../tree/app/x.yaml \\033[31m::error::\\n' "$PWD" >&2; exit 1`,
    );
    const [issue] = (await render({ "app/a": "x" }, kustomize(), { tools })).issues;
    expect(issue?.code).toBe("RENDER_FAILED");
    expect(issue?.message).toBe("kustomize build of `app` failed: Error: wrap/../tree/app/x.yaml  [31m::error::");
  });

  test("the program itself is limited in memory", async () => {
    const tools = await fake("kustomize", "ulimit -v");
    expect((await render({ "app/a": "x" }, kustomize(), { tools })).text?.trim()).toBe("3000000");
  });
});

describe("finding the programs", () => {
  test("folders that are not absolute are not looked into", async () => {
    const bin = fresh();
    writeFileSync(join(bin, "kustomize"), "#!/bin/sh\necho v5.0.0\n");
    chmodSync(join(bin, "kustomize"), 0o755);
    const here = process.cwd();
    process.chdir(dirname(bin));
    try {
      expect((await findTools(`.:${bin.slice(dirname(bin).length + 1)}`, fresh())).kustomize).toBeUndefined();
    } finally {
      process.chdir(here);
    }
    expect((await findTools(bin, fresh())).kustomize?.version).toBe("5.0.0");
  });

  test("an absent program is told with the step that brings it", async () => {
    const none: Tools = { kustomize: undefined, helm: undefined, unshare: undefined };
    expect(said(await render({ "app/a": "x" }, kustomize(), { tools: none }))).toEqual([
      "RENDER_TOOL_MISSING neither `kustomize` nor `kubectl` was found: add the step `- uses: azure/setup-kubectl@v4` before this one",
    ]);
    expect(said(await render({ "app/a": "x" }, helm(), { tools: none }))).toEqual([
      "RENDER_TOOL_MISSING `helm` was not found: add the step `- uses: azure/setup-helm@v4` before this one",
    ]);
  });

  test("a helm that cannot be kept from reading schemas is too old", async () => {
    const bin = fresh();
    writeFileSync(join(bin, "helm"), "#!/bin/sh\necho v3.15.4\n");
    chmodSync(join(bin, "helm"), 0o755);
    expect(said(await render({ "app/a": "x" }, helm(), { tools: await findTools(bin, fresh()) }))[0]).toContain(
      "helm 3.15.4 is older than 3.16",
    );
  });
});

const np =
  "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: own}\nspec: {podSelector: {}}\n";

describe.skipIf(noKustomize)(
  `kustomize ${noKustomize ? "(skipped: neither kustomize nor kubectl in PATH)" : real.kustomize?.version}`,
  () => {
    test("puts a namespace over everything and says where things come from", async () => {
      const files = { "app/kustomization.yaml": "resources: [np.yaml]\n", "app/np.yaml": np };
      const { text } = await render(files, kustomize({ namespace: "forced" }));
      expect(text).toContain("namespace: forced");
      expect(text).toContain("path: ../tree/app/np.yaml");
    });

    test("takes a text that stands in for a file", async () => {
      const written = new Map([["app/kustomization.yaml", '{"resources": ["np.yaml"], "namePrefix": "x-"}']]);
      const { text } = await render(
        { "app/kustomization.yaml": "resources: []\n", "app/np.yaml": np },
        kustomize({ written }),
      );
      expect(text).toContain("name: x-a");
    });

    test("dies of an alias bomb instead of the machine", async () => {
      const lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"];
      for (let i = 1; i < 12; i++)
        lines.push(
          `a${i}: &a${i} [${Array(9)
            .fill(`*a${i - 1}`)
            .join(",")}]`,
        );
      const bomb = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
      const result = await render(
        { "app/kustomization.yaml": "resources: [a.yaml]\n", "app/a.yaml": bomb },
        kustomize(),
        { limits: { memoryKib: 1_000_000, timeoutMs: 20_000 } },
      );
      expect(result.text).toBeUndefined();
      expect(["RENDER_FAILED", "LIMIT"]).toContain(result.issues[0]?.code);
    });

    test("reads no variable for a key that an env file leaves bare", async () => {
      process.env.NETPOL_BARE = "from-the-runner";
      const files = {
        "app/kustomization.yaml": "configMapGenerator: [{name: c, envs: [e.env]}]\n",
        "app/e.env": "NETPOL_BARE\n",
      };
      const { text } = await render(files, kustomize());
      delete process.env.NETPOL_BARE;
      expect(text).toContain("NETPOL_BARE");
      expect(text).not.toContain("from-the-runner");
    });
  },
);

const chart = (template: string): Files => ({
  "app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
  "app/templates/t.yaml": template,
});
const map = (value: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {v: ${value}}\n`;

describe.skipIf(noHelm)(`helm ${noHelm ? "(skipped: no helm in PATH)" : real.helm?.version}`, () => {
  test("renders with values in order, sets, the release and what the cluster can", async () => {
    const template = map(
      '"{{ .Release.Name }} {{ .Release.Namespace }} {{ .Values.a }} {{ .Values.b }} {{ .Values.c }} {{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.APIVersions.Has "x.io/v1" }} {{ .Release.IsUpgrade }}"',
    );
    const files = { ...chart(template), "env/one,two.yaml": "a: 1\nb: 1\n" };
    const request = helm({
      release: "web",
      values: [{ path: "env/one,two.yaml" }, { text: "b: 2\n" }],
      set: [{ name: "c", value: "x,y=z", text: true }],
      apiVersions: ["x.io/v1"],
      upgrade: true,
    });
    const { text, issues } = await render(files, request);
    expect(issues).toEqual([]);
    expect(text).toContain('"web prod 1 2 x,y=z 33 true true"');
  });

  test("neither the environment, files outside the chart, DNS nor a cluster answer a template", async () => {
    const template = map(
      '"{{ .Files.Get "/etc/hostname" }}{{ .Files.Get "../secret" }}{{ getHostByName "localhost" }}{{ lookup "v1" "Secret" "" "" | len }}"',
    );
    const { text } = await render({ ...chart(template), secret: "outside" }, helm());
    expect(text).toContain('v: "0"');
    const failed = await render(chart(map('{{ env "HOME" }}')), helm());
    expect(failed.text).toBeUndefined();
    expect(failed.issues[0]?.message).toContain('function "env" not defined');
  });

  test("a template that does not end is ended", async () => {
    const result = await render(chart("{{- range until 100000000 }}a{{ end -}}"), helm(), {
      limits: { timeoutMs: 5000, memoryKib: 2_000_000 },
    });
    expect(result.text).toBeUndefined();
    expect(["RENDER_FAILED", "LIMIT"]).toContain(result.issues[0]?.code);
  });

  test("a template that writes 20 MB and more is a limit", async () => {
    const template = `{{- range until 30000 }}---\n${map(`"${"x".repeat(800)}"`)}{{ end -}}`;
    const result = await render(chart(template), helm());
    expect(said(result)).toEqual(["LIMIT helm template of `app` wrote more than 20 MB"]);
  });

  test.skipIf(noKustomize)("kustomize gets a helm that only renders", async () => {
    const files = {
      "app/kustomization.yaml": "helmCharts: [{name: inner, releaseName: r, namespace: prod}]\n",
      "app/charts/inner/Chart.yaml": "apiVersion: v2\nname: inner\nversion: 1.0.0\n",
      "app/charts/inner/values.yaml": "a: 1\n",
      "app/charts/inner/templates/t.yaml": map('"{{ .Release.Name }} {{ .Capabilities.KubeVersion.Minor }}"'),
    };
    expect((await render(files, kustomize({ charts: true }))).text).toContain("v: r 33");
    const pulled = {
      "app/kustomization.yaml": "helmCharts: [{name: gone, repo: 'https://charts.example.com', releaseName: r}]\n",
    };
    const result = await render(pulled, kustomize({ charts: true }));
    expect(result.text).toBeUndefined();
    expect(result.issues[0]?.message).toContain("failed");
  });

  test("a chart beside it stands in for a dependency", async () => {
    const files = {
      ...chart(map('"{{ include "shared.word" . }}"')),
      "app/Chart.yaml":
        "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: shared, version: 1.0.0, repository: 'file://../shared'}]\n",
      "shared/Chart.yaml": "apiVersion: v2\nname: shared\nversion: 1.0.0\n",
      "shared/templates/_w.tpl": '{{ define "shared.word" }}hello{{ end }}',
    };
    const { text } = await render(files, helm({ copies: [{ from: "shared", to: "app/charts/shared" }] }));
    expect(text).toContain('v: "hello"');
  });
});
