import type { ReviewEvent } from "../github/event.ts";
import type { ReviewRequest } from "../github/ports.ts";
import type { Context } from "../report/report.ts";
import { treeId } from "../tree/refs.ts";
import type { ObjectStore } from "../tree/store.ts";
import type { Settings } from "./settings.ts";
import type { Sides } from "./sides.ts";

/** What the report says of its surroundings. A pull request's head goes by the name that its author knows. */
export function reportContext(
  request: ReviewRequest,
  store: ObjectStore,
  { sides, settings, version }: { readonly sides: Sides; readonly settings: Settings; readonly version: string },
): Omit<Context, "rules" | "config"> {
  const { base, head } = sides;
  const commit = shownHead(request, sides);
  return {
    version,
    mode: settings.mode,
    setting: settingOf(request.event),
    base: { label: base?.label ?? "", commit: base?.commit },
    head: { label: head.label, commit },
    reproduce: command({ request, store, sides, commit }),
    links: linksOf(request, sides),
    ...(request.inputs.cluster === "" ? {} : { cluster: request.inputs.cluster }),
  };
}

function settingOf(event: ReviewEvent): Context["setting"] {
  switch (event.kind) {
    case "pull":
      return "pull-request";
    case "mergeGroup":
      return "merge-group";
    case "push":
    case "deleted":
    case "other":
      return "push";
  }
}

function isEventHead({ resolution }: ReviewRequest, { head }: Sides): boolean {
  return head.commit !== undefined && head.commit === resolution.head;
}

function shownHead(request: ReviewRequest, sides: Sides): string | undefined {
  const { event } = request;
  return event.kind === "pull" && isEventHead(request, sides) ? event.head : sides.head.commit;
}

/** Lines are those of the commits that were read, the merge commit included. */
function linksOf({ environment }: ReviewRequest, { base, head }: Sides): Context["links"] {
  if (head.commit === undefined) return undefined;
  const { owner, repo } = environment.repository;
  return {
    server: environment.serverUrl,
    repository: `${owner}/${repo}`,
    base: base?.commit ?? head.commit,
    head: head.commit,
  };
}

type Told = {
  readonly request: ReviewRequest;
  readonly store: ObjectStore;
  readonly sides: Sides;
  readonly commit: string | undefined;
};

/** The command that gives the same answer in a clone. */
function command(told: Told): string {
  const { inputs } = told.request;
  const config = inputs.configIsTyped && !inputs.config.includes("@") ? ` --config ${quoted(inputs.config)}` : "";
  const cluster = inputs.cluster === "" ? "" : ` --cluster ${quoted(inputs.cluster)}`;
  return `${compared(told)}${config}${cluster}`;
}

function compared({ request, store, sides, commit }: Told): string {
  const { base, head, directories } = sides;
  if (directories !== undefined) return `netpol-review diff ${quoted(directories.base)} ${quoted(directories.head)}`;
  if (base?.commit === undefined) return "netpol-review check .";
  const { event, inputs } = request;
  const paths = inputs.paths.map((path) => ` ${quoted(path)}`).join("");
  const sameFiles = commit === head.commit || treeId(store, commit ?? "") === treeId(store, head.commit ?? "");
  if (event.kind === "pull" && !sameFiles) {
    const fetch = `git fetch origin pull/${event.number}/merge`;
    return `${fetch} && netpol-review review --base FETCH_HEAD^1 --head FETCH_HEAD${paths}`;
  }
  return `netpol-review review --base ${base.commit.slice(0, 12)} --head ${(commit ?? "").slice(0, 12)}${paths}`;
}

function quoted(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
