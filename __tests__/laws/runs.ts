import type { Parameters } from "fast-check";

/** `LAW_LONG=1` (nightly) runs each law thirty times as often, from a new seed that a failure prints. */
const LONG = process.env.LAW_LONG !== undefined;
const RUNS = Number(process.env.LAW_RUNS ?? (LONG ? 3000 : 100));
const SEED = Number(process.env.LAW_SEED ?? (LONG ? Date.now() % 2 ** 31 : 20261125));

/** How often a law runs, in shares of the usual number, and from which seed. */
export function runs(share: number): Pick<Parameters, "numRuns" | "seed"> {
  return { numRuns: Math.ceil(RUNS * share), seed: SEED };
}

/** Grows with the number of runs. */
export const TIMEOUT_MS = 60_000 * Math.max(1, RUNS / 100);
