import { execFileSync } from "node:child_process";
import type { TestRepo } from "../tree/repo.ts";

/** An entry of a commit that no work tree has to be able to hold. */
export type OddFile = {
  /** Bytes, without NUL; no `.git`, `.` or `..` among the components. */
  readonly path: string | Buffer;
  readonly mode: "100644" | "100755" | "120000" | "160000";
  /** Content, target of a link, or commit of a submodule. */
  readonly data: string | Buffer;
};

/** Commits files on top of `parent` and lets `branch` point to it; nothing touches a work tree. */
export function oddCommit(repo: TestRepo, branch: string, parent: string, files: readonly OddFile[]): string {
  const parts: Buffer[] = [
    text(`commit refs/heads/${branch}\ncommitter Ada <ada@example.com> 1767225600 +0000\ndata 3\noddfrom ${parent}\n`),
  ];
  for (const { path, mode, data } of files) {
    if (mode === "160000") parts.push(text(`M 160000 ${data} ${quoted(path)}\n`));
    else {
      const bytes = Buffer.from(data);
      parts.push(text(`M ${mode} inline ${quoted(path)}\ndata ${bytes.length}\n`), bytes, text("\n"));
    }
  }
  execFileSync("git", ["fast-import", "--quiet", "--force"], { cwd: repo.dir, input: Buffer.concat(parts) });
  return repo.git("rev-parse", branch);
}

/** Makes `refs/pull/NUMBER/merge` without a work tree: the head's files are the merge's, as its base has not moved on. */
export function mergeOf(repo: TestRepo, number: number, base: string, head: string): string {
  const merge = repo.git("commit-tree", `${head}^{tree}`, "-p", base, "-p", head, "-m", "merge");
  repo.git("update-ref", `refs/pull/${number}/head`, head);
  repo.git("update-ref", `refs/pull/${number}/merge`, merge);
  return merge;
}

function text(value: string): Buffer {
  return Buffer.from(value, "utf8");
}

/** A path as fast-import reads it in quotation marks: every byte that is not plain, in octal. */
function quoted(path: string | Buffer): string {
  let out = '"';
  for (const byte of Buffer.from(path)) {
    const char = String.fromCharCode(byte);
    out += /[\w./ -]/.test(char) ? char : `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return `${out}"`;
}
