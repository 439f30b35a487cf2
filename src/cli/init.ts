import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { firstConfig } from "../config/first-config.ts";
import { NO_CONFIG } from "../config/types.ts";
import { InputError } from "../errors.ts";
import { plain } from "../report/escape.ts";
import type { Report } from "../report/report.ts";
import { CONFIG_PATH } from "../review/config-facts.ts";
import { fixtureFolders } from "../review/fixtures.ts";
import { type Proposal, propose } from "../review/proposal.ts";
import { surveyTree } from "../review/survey.ts";
import { inWorkshop } from "../tree/workshop.ts";
import { runCheck } from "./commands.ts";
import { folderTree } from "./trees.ts";

const WORKFLOWS = ".github/workflows";
const WORKFLOW_PATH = `${WORKFLOWS}/netpol-review.yml`;

const WORKFLOW = `name: network policies
on:
  pull_request:
permissions: {}
jobs:
  review:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      # Writes one comment; without it the job's summary holds the same.
      pull-requests: write
    steps:
      # No checkout is needed: the Action fetches what it compares, as data, and runs nothing of it.
      - uses: netpol-review/netpol-review@v1
        with:
          # \`warn\`: findings are shown and fail nothing. Take the line away once the rules are right.
          mode: warn
`;

/** \`init\`: writes a first configuration and a workflow where there are none, and returns what to tell. */
export async function runInit(dir: string): Promise<string> {
  const lines = [...(await writeConfig(dir)), ...writeWorkflow(dir)];
  return `${lines.join("\n")}\n`;
}

async function writeConfig(dir: string): Promise<readonly string[]> {
  const path = join(dir, CONFIG_PATH);
  if (isThere(path)) return [`kept ${CONFIG_PATH}: it is there already`];
  const proposal = await proposalFor(dir);
  const { judged, open } = await withoutFailing(dir, proposal);
  writeNew(path, firstConfig(judged));
  return [`wrote ${CONFIG_PATH}`, ...told(judged), ...open.map((each) => `  open: ${each}`)];
}

async function proposalFor(dir: string): Promise<Proposal> {
  const tree = folderTree(dir);
  return inWorkshop(tmpdir(), process.env, async (workshop) => {
    const roots = { paths: [], render: "auto", fork: false } as const;
    const survey = await surveyTree({ tree, config: NO_CONFIG, roots, overrides: {}, workshop });
    return propose(survey, [...fixtureFolders(survey).keys()]);
  });
}

/** The proposal without the rules that today's manifests break, and what keeps a check from an answer. */
async function withoutFailing(
  dir: string,
  proposal: Proposal,
): Promise<{ readonly judged: Proposal; readonly open: readonly string[] }> {
  if (proposal.rules.every(({ withheld }) => withheld !== "")) return { judged: proposal, open: [] };
  const report = await checked(dir, firstConfig(proposal));
  const broken = new Map(
    report.clusters.flatMap(({ findings }) => findings.map(({ rule, message }) => [rule, message] as const)),
  );
  const rules = proposal.rules.map((rule) => {
    const why = broken.get(rule.name);
    return rule.withheld !== "" || why === undefined ? rule : { ...rule, withheld: why };
  });
  return { judged: { ...proposal, rules }, open: report.conclusion === "error" ? [plain(report.title)] : [] };
}

async function checked(dir: string, text: string): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "netpol-review-"));
  try {
    const config = join(folder, "netpol-review.yml");
    writeFileSync(config, text);
    return await runCheck(dir, { output: "json", color: "never", representatives: true, config });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function told({ clusters, clustersHold, cni, plugins, rules, fixtures }: Proposal): readonly string[] {
  const active = rules.filter(({ withheld }) => withheld === "");
  const withheld = rules.filter((rule) => rule.withheld !== "");
  return [
    ...active.map(({ name, workload, product }) => `  protects ${plain(workload)} (${product}): rule ${name}`),
    ...(cni === undefined ? [] : [`  network plugin: ${cni.name}`]),
    ...(clusters.length === 0
      ? []
      : [
          `  clusters: ${clusters.map(({ name }) => plain(name)).join(", ")}${clustersHold ? "" : " (left out: not all that is read lies in them)"}`,
        ]),
    ...withheld.map(
      ({ workload, product, withheld: why }) => `  left out ${plain(workload)} (${product}): ${plain(why)}`,
    ),
    ...(rules.length === 0 ? ["  left out protected paths: nothing here looks like a data store"] : []),
    ...(plugins.length > 1 ? [`  left out the network plugin: several were recognised, ${plugins.join(", ")}`] : []),
    ...fixtures.map((glob) => `  left out an exclusion of ${plain(glob)}: say whether it is deployed`),
  ];
}

function writeWorkflow(dir: string): readonly string[] {
  const other = workflowOf(dir);
  if (other !== undefined) return [`kept ${plain(other)}: it runs the review already`];
  const path = join(dir, WORKFLOW_PATH);
  if (isThere(path)) return [`kept ${WORKFLOW_PATH}: it is there already`];
  writeNew(path, WORKFLOW);
  return [`wrote ${WORKFLOW_PATH}, which only warns: take \`mode: warn\` away once the rules are right`];
}

/** A workflow that uses us. */
function workflowOf(dir: string): string | undefined {
  const folder = join(dir, WORKFLOWS);
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  const found = names.sort().find((name) => /uses:.*netpol-review/.test(readFileSync(join(folder, name), "utf8")));
  return found === undefined ? undefined : `${WORKFLOWS}/${found}`;
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Never writes over anything, also not through a link. */
function writeNew(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new InputError("BAD_PATH", undefined, `\`${path}\` cannot be written: ${cause}`);
  }
}
