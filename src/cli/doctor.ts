import { tmpdir } from "node:os";
import { InputError } from "../errors.ts";
import { type DoctorReport, formatDoctorJson, formatDoctorText } from "../report/doctor.ts";
import { examine } from "../review/doctor.ts";
import { surveyTree } from "../review/survey.ts";
import { inWorkshop } from "../tree/workshop.ts";
import { choice, type Flags, overridesOf } from "./options.ts";
import { configFacts, folderTree } from "./trees.ts";

/** Flags of `doctor`. */
export type DoctorFlags = Pick<Flags, "output" | "file" | "config" | "namespace" | "cni" | "render" | "cluster">;

/** `doctor`: how much of a tree is analysed, and what in it is not protected. */
export async function runDoctor(dir: string, flags: DoctorFlags): Promise<string> {
  const tree = folderTree(dir);
  const facts = configFacts(tree, tree, flags.config);
  const [broken] = facts.choice.fatal;
  if (broken !== undefined) throw new InputError(broken.code, broken.at, broken.message);
  const { config } = facts.choice;
  const render = config.render ?? (flags.render === "never" ? "never" : "auto");
  const report = await inWorkshop(tmpdir(), process.env, async (workshop) => {
    const roots = { paths: config.paths ?? [], render, fork: false } as const;
    const overrides = overridesOf({ ...flags, representatives: true, color: "never" });
    return examine(await surveyTree({ tree, config, roots, overrides, workshop }), config);
  });
  const shown = only(report, flags.cluster);
  return choice("--output", flags.output, ["text", "json"]) === "json"
    ? formatDoctorJson(shown)
    : formatDoctorText(shown);
}

function only(report: DoctorReport, name: string | undefined): DoctorReport {
  if (name === undefined || name === "") return report;
  const clusters = report.clusters.filter((cluster) => cluster.name === name);
  if (clusters.length > 0) return { ...report, clusters };
  const known = report.clusters.map((cluster) => `\`${cluster.name}\``).join(", ");
  throw new InputError("USAGE", undefined, `there is no cluster \`${name}\`; known: ${known}`);
}
