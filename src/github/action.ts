import { InputError } from "../errors.ts";
import { openGitHub } from "./client.ts";
import { readEnvironment } from "./environment.ts";
import { decodeEvent, isUntrusted, mayRender } from "./event.ts";
import { emptyOutcome, failedOutcome } from "./failed.ts";
import { identityOf } from "./identity.ts";
import { readInputs } from "./inputs.ts";
import { openLog } from "./log.ts";
import type { ReviewOutcome } from "./outcome.ts";
import type { ActionContext, ActionPorts } from "./ports.ts";
import { publishOutcome, publishSuperseded } from "./publish.ts";
import { resolveCommits } from "./resolve.ts";

/** What a run comes to: a report, or the word that a newer run has taken its place. */
type Ending =
  | { readonly kind: "outcome"; readonly outcome: ReviewOutcome; readonly comments: boolean }
  | { readonly kind: "superseded"; readonly notes: readonly string[] };

/** One run of the Action, from the event to the exit status; never throws. */
export async function runAction(ports: ActionPorts): Promise<0 | 1> {
  const log = openLog(ports.print);
  let context: ActionContext | undefined;
  let ending: Ending;
  try {
    context = await prepare(ports);
    ending = await carryOut(ports, context);
  } catch (error) {
    if (!(error instanceof InputError) && ports.variables.RUNNER_DEBUG === "1" && error instanceof Error) {
      log.info(error.stack ?? "");
    }
    ending = { kind: "outcome", outcome: failedOutcome(error, enforces(context)), comments: true };
  }
  const desk = { ports, log, context };
  if (ending.kind === "superseded") return publishSuperseded(desk, ending.notes);
  return publishOutcome(desk, ending.outcome, ending.comments);
}

function enforces(context: ActionContext | undefined): boolean {
  return context?.inputs.mode !== "warn";
}

async function prepare(ports: ActionPorts): Promise<ActionContext> {
  const { variables } = ports;
  const environment = readEnvironment(variables);
  const event = decodeEvent(environment, await readEventFile(ports, environment.eventPath));
  const inputs = readInputs(variables);
  const github = openGitHub({
    apiUrl: environment.apiUrl,
    token: inputs.token,
    version: ports.version,
    variables,
    ...(ports.patience === undefined ? {} : { patience: ports.patience }),
  });
  return { environment, inputs, event, id: identityOf(variables, inputs), github };
}

async function readEventFile(ports: ActionPorts, path: string): Promise<string> {
  try {
    return await ports.readText(path);
  } catch {
    throw new InputError("GITHUB", { file: path, line: 0 }, "the event file (`GITHUB_EVENT_PATH`) cannot be read");
  }
}

async function carryOut(ports: ActionPorts, context: ActionContext): Promise<Ending> {
  const { event } = context;
  const resolution = await resolveCommits(event, ports.commitFacts(context));
  switch (resolution.kind) {
    case "superseded":
      return { kind: "superseded", notes: resolution.notes };
    case "nothing":
      return { kind: "outcome", outcome: emptyOutcome(resolution.notes, enforces(context)), comments: false };
    case "check":
    case "compare": {
      const request = { ...context, resolution, mayRender: mayRender(event), untrusted: isUntrusted(event) };
      const outcome = await ports.review(request);
      const comments = !(resolution.kind === "compare" && resolution.superseded);
      const notes = [...resolution.notes, ...outcome.notes];
      return { kind: "outcome", outcome: { ...outcome, notes }, comments };
    }
  }
}
