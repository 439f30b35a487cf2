import { delimiter, isAbsolute, relative } from "node:path";
import { runAction } from "../github/action.ts";
import type { ActionContext } from "../github/ports.ts";
import type { ObjectStore } from "../tree/store.ts";
import { removeFolder } from "../tree/workshop.ts";
import { commitFacts, storeOf } from "./commit-facts.ts";
import { runnerPorts } from "./ports.ts";
import { reviewRequest } from "./review-request.ts";

/** One run of the Action on a real runner; returns the exit status and leaves nothing but the reports behind. */
export async function runOnRunner({
  version,
  today,
}: {
  readonly version: string;
  readonly today: string;
}): Promise<0 | 1> {
  process.env.PATH = outside(process.env.GITHUB_WORKSPACE, process.env.PATH ?? "");
  let known: ObjectStore | undefined;
  const storeFor = (context: ActionContext) => {
    known ??= storeOf(context);
    return known;
  };
  try {
    return await runAction({
      ...runnerPorts(version),
      commitFacts: (context) => commitFacts(storeFor(context), context),
      review: (request) => reviewRequest(request, { store: storeFor(request), version, today, variables: process.env }),
    });
  } finally {
    if (known !== undefined) removeFolder(known.gitDir);
  }
}

/** The folders of a PATH that no checkout can put a program into. */
function outside(workspace: string | undefined, path: string): string {
  const isOutside = (folder: string) => {
    if (!isAbsolute(folder)) return false;
    const way = workspace === undefined ? ".." : relative(workspace, folder);
    return way.startsWith("..") || isAbsolute(way);
  };
  return path.split(delimiter).filter(isOutside).join(delimiter);
}
