import { mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { codeOf } from "./disk.ts";

/** Where tools may work: a PATH to look for them in, an empty folder, and how they reach the network. */
export type Workshop = {
  readonly path: string;
  readonly scratch: string;
  readonly proxies: Readonly<Record<string, string>>;
};

/** Runs `work` with an empty folder of its own below `tempDir`, and removes the folder. */
export async function inWorkshop<T>(
  tempDir: string,
  variables: Readonly<Record<string, string | undefined>>,
  work: (workshop: Workshop) => Promise<T>,
): Promise<T> {
  const scratch = makeScratch(tempDir);
  const proxies: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    if (/^(https?|no|all)_proxy$/i.test(name) && value !== undefined) proxies[name] = value;
  }
  try {
    return await work({ path: variables.PATH ?? "", scratch, proxies });
  } finally {
    removeFolder(scratch);
  }
}

/** Removes a folder of ours with everything in it; one that cannot be removed is left to whoever cleans up. */
export function removeFolder(path: string): void {
  try {
    rmdirSync(path);
    return;
  } catch {
    // Something is in it.
  }
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // What was found out stands, whatever is left behind.
  }
}

function makeScratch(tempDir: string): string {
  try {
    return mkdtempSync(join(tempDir, "netpol-review-"));
  } catch (error) {
    const cause = codeOf(error);
    throw new InputError(
      "BAD_PATH",
      undefined,
      `the folder for temporary files, \`${tempDir}\`, cannot be written (${cause})`,
    );
  }
}
