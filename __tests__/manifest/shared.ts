import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder with conformance data that lies beside the repository, where there is one. */
export const SHARED = process.env.NETPOL_SHARED_DIR ?? resolve(import.meta.dirname, "../../../shared");

/** Why tests that need `path` cannot run, for their titles; `undefined` where they can. */
export function missing(path: string): string | undefined {
  return existsSync(join(SHARED, path)) ? undefined : ` (skipped: no ${path} beside the repository)`;
}

/** A JSON file of the shared folder. */
export function readShared(path: string): unknown {
  return JSON.parse(readFileSync(join(SHARED, path), "utf8"));
}
