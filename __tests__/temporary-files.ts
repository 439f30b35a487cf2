import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives all tests one folder for temporary files, and removes it with everything in it when they have ended. */
export default function temporaryFiles(): () => void {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "netpol-review-tests-")));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
