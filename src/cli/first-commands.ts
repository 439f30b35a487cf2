import { type Command, Option } from "commander";
import { type DoctorFlags, runDoctor } from "./doctor.ts";
import { examples } from "./help.ts";
import { runInit } from "./init.ts";
import { write } from "./write.ts";

/** `init` and `doctor`: what somebody runs first. */
export function addFirstCommands(root: Command): void {
  root
    .command("init")
    .argument("[dir]", "the repository", ".")
    .description("write a first configuration and a workflow from what a repository holds")
    .helpOption("--help", "print this help")
    .addHelpText("after", examples(["netpol-review init", "netpol-review init ../deployments"], INIT))
    .action(async (dir: string) => {
      process.stdout.write(await runInit(dir));
    });
  root
    .command("doctor")
    .argument("[dir]", "the repository", ".")
    .description("how much of a tree is analysed, and what in it is not protected")
    .helpOption("--help", "print this help")
    .addOption(new Option("-o, --output <format>", "format of the result").choices(["text", "json"]).default("text"))
    .option("-f, --file <path>", "write the result there instead of standard output")
    .option("--config <path>", "configuration on disk (default: .github/netpol-review.yml of the tree)")
    .option("--cluster <name>", "only this cluster")
    .option("--namespace <ns>", "namespace of objects that name none (default: default)")
    .option("--cni <name>", "network plugin: what it does not enforce is open")
    .addOption(new Option("--render <how>", "whether Kustomize and Helm are run").choices(["auto", "never"]))
    .addHelpText("after", examples(["netpol-review doctor", "netpol-review doctor --output json k8s/"], DOCTOR))
    .action(async (dir: string, flags: DoctorFlags) => write(await runDoctor(dir, flags), flags));
}

const INIT = `
Writes .github/netpol-review.yml and .github/workflows/netpol-review.yml. It asks nothing, writes over nothing, and says
what it found and left out. Rules that today's manifests would break stand there as comments.`;

const DOCTOR = `
Judges nothing: it ends with 0 unless the tree or its configuration cannot be read, then with 2.`;
