import { InputError } from "../errors.ts";
import type { ReviewOutcome } from "../github/outcome.ts";
import type { ReviewRequest } from "../github/ports.ts";
import type { Report } from "../report/report.ts";
import { review } from "../review.ts";
import type { ObjectStore } from "../tree/store.ts";
import { inWorkshop } from "../tree/workshop.ts";
import { outcomeOf } from "./outcome-of.ts";
import { placedIn, withoutRulesOf } from "./placed.ts";
import { reportContext } from "./report-context.ts";
import { type Settings, settingsOf } from "./settings.ts";
import { eventSides, namedSides, type Sides } from "./sides.ts";

/** What the run itself adds to a request. */
export type Surroundings = {
  readonly store: ObjectStore;
  readonly version: string;
  /** `YYYY-MM-DD` in UTC. */
  readonly today: string;
  /** Where tools are looked for, and how they reach the network. */
  readonly variables: Readonly<Record<string, string | undefined>>;
};

/** Carries out one review of the Action: commits to trees, configuration, the pipeline, a report in words. */
export async function reviewRequest(request: ReviewRequest, surroundings: Surroundings): Promise<ReviewOutcome> {
  const { store } = surroundings;
  const { inputs } = request;
  const isNamed = inputs.base !== undefined || inputs.head !== undefined;
  const usual = isNamed && !isJudgedByEvent(request) ? undefined : eventSides(request, store);
  const first = usual === undefined ? undefined : await settingsOf(request, usual.rules);
  if (isNamed && first !== undefined && !first.choice.config.prerendered) throw refused(request);
  const sides = isNamed || usual === undefined ? namedSides(request, store) : usual;
  const settings = !isNamed && first !== undefined ? first : await settingsOf(request, sides.rules);
  return outcomeOf(await report(request, { ...surroundings, sides, settings }));
}

/** Its workflow may be the change's own: then inputs must not choose what is compared. */
function isJudgedByEvent({ event }: ReviewRequest): boolean {
  return event.kind === "mergeGroup" || (event.kind === "pull" && event.name === "pull_request");
}

function refused({ event, inputs }: ReviewRequest): InputError {
  const names = (["base", "head"] as const).filter((name) => inputs[name] !== undefined);
  const list = names.map((name) => `\`${name}\` (\`${inputs[name] ?? ""}\`)`).join(" and ");
  const name = event.kind === "pull" ? event.name : "merge_group";
  const message = `the input ${list} is refused on \`${name}\`: the change must not choose what it is compared with; \`prerendered: true\` in the base's configuration allows it`;
  return new InputError("USAGE", undefined, message);
}

type Task = Surroundings & { readonly sides: Sides; readonly settings: Settings };

async function report(request: ReviewRequest, task: Task): Promise<Report> {
  const { store, sides, settings, version, today, variables } = task;
  const { environment, inputs, untrusted } = request;
  const found = await inWorkshop(environment.temp, variables, (workshop) =>
    review({
      base: sides.base,
      head: sides.head,
      choice: settings.choice,
      configChanges: settings.configChanges,
      workflowChanges: settings.workflowChanges,
      ownRules: settings.ownRules || settings.central === "",
      roots: {
        paths: sides.directories === undefined ? settings.paths : inputs.paths,
        render: settings.render,
        fork: untrusted,
      },
      overrides: {},
      cluster: inputs.cluster,
      representatives: true,
      maxPairs: MAX_PAIRS,
      context: reportContext(request, store, { sides, settings, version }),
      today,
      workshop,
    }),
  );
  const named = settings.central === "" ? found : withoutRulesOf(found, settings.central);
  return sides.directories === undefined ? named : placedIn(named, sides.directories);
}

/** Rows of single pairs in the JSON report; the grouped ones are complete. */
const MAX_PAIRS = 100_000;
