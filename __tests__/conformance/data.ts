import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const SHARED = process.env.NETPOL_SHARED_DIR ?? resolve(import.meta.dirname, "../../../shared");
const CONFORMANCE = process.env.NETPOL_CONFORMANCE_DIR ?? join(SHARED, "conformance");

/** One corpus of conformance data. Where it is not there, it has no cases and `skipped` says so in a title. */
export type Corpus = {
  readonly isThere: boolean;
  readonly skipped: string;
  readonly names: (kind: "list" | "diff") => readonly string[];
  readonly folder: (kind: "list" | "diff", name: string) => string;
  /** What the case's JSON says, as the caller knows its shape. */
  readonly read: (kind: "list" | "diff", name: string) => ReturnType<typeof JSON.parse>;
};

/** The corpus `name` beside the repository. */
export function corpus(name: string): Corpus {
  const root = join(CONFORMANCE, name);
  const isThere = existsSync(root);
  const folder: Corpus["folder"] = (kind, each) => join(root, kind, each);
  return {
    isThere,
    skipped: isThere ? "" : ` (skipped: no conformance/${name} beside the repository)`,
    names: (kind) => (isThere ? readdirSync(join(root, kind)).sort() : ["nothing"]),
    folder,
    read: (kind, each) => JSON.parse(readFileSync(join(folder(kind, each), "case.json"), "utf8")),
  };
}
