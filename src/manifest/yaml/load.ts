import type { Issue } from "../../errors.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { readQuick } from "./quick.ts";
import { readDocuments, type YamlFile } from "./read.ts";
import { couldBeManifest } from "./text.ts";
import type { Need } from "./wanted.ts";

export type LoadOptions = Need & {
  /** Every document that is needed, or that the bytes alone cannot tell from one, goes through the exact reader. */
  readonly exact: boolean;
  readonly limits?: Limits;
  /** A root or an explicit glob names the file: one line that looks like a manifest's makes its faults matter. */
  readonly reached?: boolean;
};

const LFS_POINTER = "version https://git-lfs.github.com/spec/";

/**
 * Loads the needed documents of one file. What cannot be read is an issue only where the file could be a manifest.
 * Without `exact`, documents hold only what is wanted of them, plain block YAML is read by the quick reader, and documents
 * of other kinds are not parsed at all.
 */
export function loadFile(bytes: Uint8Array, file: string, options: LoadOptions): YamlFile {
  const { exact, needed, wanted, limits = DEFAULT_LIMITS } = options;
  if (isLfsPointer(bytes)) return lfsPointer(file);
  const read = readDocuments(bytes, file, { limits, need: { needed, wanted }, quick: readQuick, exact });
  if (read.issues.length === 0 || couldBeManifest(bytes, options.reached)) return read;
  return { ...read, issues: read.issues.filter(({ code }) => code === "BINARY") };
}

function isLfsPointer(bytes: Uint8Array): boolean {
  return (
    bytes.length < 1024 &&
    Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, LFS_POINTER.length)).toString("latin1") ===
      LFS_POINTER
  );
}

function lfsPointer(file: string): YamlFile {
  const message = "a Git LFS pointer, whose content is elsewhere: check out with LFS, or exclude the file";
  const issue: Issue = {
    code: "LFS_POINTER",
    severity: "error",
    at: { file, line: 0 },
    message,
    subject: file,
    hides: true,
  };
  return { documents: [], issues: [issue], skipped: 0 };
}
