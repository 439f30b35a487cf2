import { type Command, Option } from "commander";
import { type ClustersFlags, type MergeFlags, runClusters, runMerge } from "./fleet.ts";
import { collect, examples } from "./help.ts";
import { choice, FORMATS } from "./options.ts";
import { reportText, styleOf, write } from "./write.ts";

/** `clusters` and `merge`: what a matrix of jobs starts from, and what it ends in. */
export function addFleetCommands(root: Command): void {
  root
    .command("clusters")
    .argument("[dir]", "a folder instead of a repository's base and head")
    .description("the clusters of a repository as a matrix for GitHub's `strategy.matrix`, in JSON")
    .helpOption("--help", "print this help")
    .option("--base <ref>", "base of the comparison (default: merge base with the upstream default branch)")
    .option("--head <ref>", "head of the comparison (default: the working tree)")
    .option("--repo <dir>", "repository (default: this directory)")
    .option("--config <path>", "configuration on disk (default: .github/netpol-review.yml of the base tree)")
    .option("--namespace <ns>", "namespace of objects that name none (default: default)")
    .addOption(new Option("--render <how>", "whether Kustomize and Helm are run").choices(["auto", "never"]))
    .option("-f, --file <path>", "write the result there instead of standard output")
    .addHelpText(
      "after",
      examples(["netpol-review clusters --base main --head HEAD", "netpol-review clusters k8s/"], MATRIX),
    )
    .action(async (dir: string | undefined, flags: ClustersFlags) => write(await runClusters(dir, flags), flags));
  root
    .command("merge")
    .argument("[files...]", "reports that `review --output json --cluster NAME` printed")
    .description("join the JSON reports of a matrix's jobs into one report and one verdict")
    .helpOption("--help", "print this help")
    .addOption(new Option("-o, --output <format>", "format of the result").choices(FORMATS).default("text"))
    .option("-f, --file <path>", "write the result there instead of standard output")
    .option("--expect <name>", "a cluster that must be among them, repeatable", collect)
    .option("--matrix <file>", "what `clusters` printed: each of its clusters must be among them")
    .addOption(
      new Option("--color <when>", "colours on a terminal").choices(["auto", "always", "never"]).default("auto"),
    )
    .addHelpText(
      "after",
      examples(
        [
          "netpol-review merge --matrix matrix.json reports/*.json",
          "netpol-review merge --expect eu --expect us --output markdown --file comment.md eu.json us.json",
        ],
        MERGE_EXIT,
      ),
    )
    .action((files: string[], flags: MergeFlags) => finishMerge(files, flags));
}

const MATRIX = `
Prints {"include":[{"cluster":"eu"},{"cluster":"us"}]}, and never an empty list: where there is only one cluster its
name is empty, which means all to \`--cluster\` and to the Action's input of that name.`;

const MERGE_EXIT = `
Exit status:
  0  nothing objectionable in any cluster
  1  a protected path widened in one of them
  2  could not decide: a report is missing, is none, stands twice, or compares something else than the others`;

function finishMerge(files: readonly string[], flags: MergeFlags): void {
  const { report, complete } = runMerge(files, flags);
  write(reportText(report, choice("--output", flags.output, FORMATS), styleOf(flags, process.stdout)), flags);
  const { conclusion, context } = report;
  process.exitCode =
    !complete || conclusion === "error" ? 2 : conclusion === "failure" && context.mode !== "warn" ? 1 : 0;
}
