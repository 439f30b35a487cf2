import type { Command } from "commander";
import { examples } from "./help.ts";
import { runInit } from "./init.ts";

/** `init`: what somebody runs first. */
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
}

const INIT = `
Writes .github/netpol-review.yml and .github/workflows/netpol-review.yml. It asks nothing, writes over nothing, and says
what it found and left out. Rules that today's manifests would break stand there as comments.`;
