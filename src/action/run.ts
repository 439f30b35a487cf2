import { rmSync } from "node:fs";
import { runAction } from "../github/action.ts";
import type { ActionContext } from "../github/ports.ts";
import type { ObjectStore } from "../tree/store.ts";
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
    if (known !== undefined) rmSync(known.gitDir, { recursive: true, force: true });
  }
}
