import { Command, CommanderError, Option } from "commander";
import { runCheck, runDiff, runExplain, runList, runReview } from "./cli/commands.ts";
import { addFirstCommands } from "./cli/first-commands.ts";
import { addFleetCommands } from "./cli/fleet-commands.ts";
import { collect, examples as examplesText } from "./cli/help.ts";
import { choice, type Flags, FORMATS } from "./cli/options.ts";
import { explainText, listTexts, reportText, styleOf, write } from "./cli/write.ts";
import { InputError, place } from "./errors.ts";
import { undecided } from "./report/issues.ts";
import type { Report } from "./report/report.ts";
import { VERSION } from "./version.ts";

const EXIT = `
Exit status:
  0  nothing objectionable
  1  a protected path widened, or \`check\` found a violation
  2  could not decide: bad usage, unreadable input, an invalid configuration`;

function program(): Command {
  const root = new Command("netpol-review")
    .description(
      "Which network flows does a change to Kubernetes manifests open and close, and does it widen a protected path?",
    )
    .version(VERSION, "--version", "print the version")
    .helpOption("--help", "print this help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text.replace(/^error: /, "netpol-review: ")) })
    .addHelpText("after", EXIT);
  command(root, "review", "[paths...]", "review two git trees of a repository, as the Action does", [
    "netpol-review review",
    "netpol-review review --base main --head HEAD k8s/",
  ])
    .option("--base <ref>", "base of the comparison (default: merge base with the upstream default branch)")
    .option("--head <ref>", "head of the comparison (default: the working tree)")
    .option("--repo <dir>", "repository (default: this directory)")
    .action(async (paths: string[], flags: Flags) => finish(await runReview(paths, flags), flags));
  command(root, "diff", "<base> <head>", "the same between two directories or files of manifests", [
    "netpol-review diff old/ new/",
    "netpol-review diff --output json base/ head/",
  ]).action(async (base: string, head: string, flags: Flags) => finish(await runDiff(base, head, flags), flags));
  withPeers(
    command(root, "list", "<dir>", "every allowed flow of one tree", [
      "netpol-review list k8s/",
      "kubectl get networkpolicy,pod,namespace -A -o yaml | netpol-review list -",
    ]),
  ).action(async (dir: string, flags: Flags) => finishList(dir, flags));
  withPeers(
    command(
      root,
      "explain",
      "<trees...>",
      "which policies and rules decide each part of one pair, in one tree or between two",
      [
        "netpol-review explain k8s/ --from production/web --to production/db --port TCP/3306",
        "netpol-review explain base/ head/ --from 'production/[pod with {app=api}]' --to production/db",
      ],
    ),
  )
    .option("--port <port>", "only these ports: TCP/3306, TCP/8000-8100, UDP")
    .action(async (trees: string[], flags: Flags) => finishExplain(trees, flags));
  command(root, "check", "<dir>", "judge the protected paths of one tree as it stands", [
    "netpol-review check k8s/",
    "netpol-review check --config rules.yml k8s/",
  ]).action(async (dir: string, flags: Flags) => finish(await runCheck(dir, flags), flags));
  addFleetCommands(root);
  addFirstCommands(root);
  return root;
}

function command(root: Command, name: string, args: string, description: string, examples: readonly string[]): Command {
  const formats = name === "explain" ? ["text", "json"] : FORMATS;
  return root
    .command(name)
    .arguments(args)
    .description(description)
    .helpOption("--help", "print this help")
    .addOption(new Option("-o, --output <format>", "format of the result").choices(formats).default("text"))
    .option("-f, --file <path>", "write the result there instead of standard output")
    .option("--config <path>", "configuration on disk (default: .github/netpol-review.yml of the base tree)")
    .option("--cluster <name>", "only this cluster")
    .option("--namespace <ns>", "namespace of objects that name none (default: default)")
    .option("--cni <name>", "network plugin: what it does not enforce is open")
    .option("--pod-cidr <cidr>", "addresses of pods, repeatable: decides whether an ipBlock covers pods", collect)
    .addOption(
      new Option("--ip-blocks <how>", "whether address blocks can match pods").choices(["match-pods", "external-only"]),
    )
    .addOption(new Option("--staged <how>", "staged Calico policies").choices(["ignore", "enforce"]))
    .addOption(new Option("--render <how>", "whether Kustomize and Helm are run").choices(["auto", "never"]))
    .option("--max-pairs <n>", "rows of single pairs at most (default: 100000)")
    .option("--no-representatives", "leave out pods that the tree does not declare")
    .addOption(
      new Option("--color <when>", "colours on a terminal").choices(["auto", "always", "never"]).default("auto"),
    )
    .option("--timings", "print how long the run took, to standard error")
    .option("-q, --quiet", "no warnings on standard error")
    .addHelpText("after", examplesText(examples, EXIT));
}

function withPeers(command: Command): Command {
  return command.option("--from <peer>", "only flows from this peer").option("--to <peer>", "only flows to this peer");
}

async function finish(report: Report, flags: Flags): Promise<void> {
  write(reportText(report, choice("--output", flags.output, FORMATS), styleOf(flags, process.stdout)), flags);
  process.exitCode = exitStatus(report);
}

/** In `warn` mode findings do not fail; what could not be decided does, also beside findings. */
function exitStatus(report: Report): 0 | 1 | 2 {
  if (report.conclusion === "error") return 2;
  if (report.conclusion !== "failure") return 0;
  if (report.context.mode !== "warn") return 1;
  return undecided(report).length > 0 ? 2 : 0;
}

async function finishList(dir: string, flags: Flags): Promise<void> {
  const { report, context } = await runList(dir, flags);
  const { out, notes } = listTexts(
    report,
    choice("--output", flags.output, FORMATS),
    context,
    styleOf(flags, process.stderr),
  );
  if (flags.quiet !== true) process.stderr.write(notes);
  write(out, flags);
  if (report.flows.length === 0 && report.issues.some(({ severity }) => severity === "error")) process.exitCode = 2;
}

async function finishExplain(trees: readonly string[], flags: Flags): Promise<void> {
  const format = choice("--output", flags.output, ["text", "json"] as const);
  if (trees.length > 2) throw new InputError("USAGE", undefined, "explain takes one tree, or a base and a head");
  write(explainText(await runExplain(trees, flags), format, styleOf(flags, process.stdout)), flags);
}

async function main(): Promise<void> {
  const started = performance.now();
  process.stdout.on("error", (error) => {
    if ("code" in error && error.code === "EPIPE") process.exit(0);
    throw error;
  });
  try {
    await program().parseAsync();
  } catch (error) {
    process.exitCode = status(error);
  }
  if (process.argv.includes("--timings")) {
    process.stderr.write(`netpol-review: ${Math.round(performance.now() - started)} ms\n`);
  }
}

function status(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof InputError)) throw error;
  const at = error.at === undefined ? "" : `${place(error.at)}: `;
  process.stderr.write(`netpol-review: ${at}${error.message}\n`);
  return 2;
}

void main();
