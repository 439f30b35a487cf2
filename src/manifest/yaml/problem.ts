import type { IssueCode } from "../../errors.ts";
import type { YamlNode } from "./node.ts";

/** Why a document cannot be read, and on which line of the file that shows. */
export type Problem = {
  readonly code: Extract<IssueCode, "YAML_SYNTAX" | "TEMPLATE" | "LIMIT" | "ENCODING">;
  readonly line: number;
  readonly message: string;
};

/** A key that its mapping holds more than once; `path` ends with it, `line` is that of the entry that counts. */
export type Duplicate = { readonly path: readonly string[]; readonly line: number };

/** One document as read; `node` is absent where it holds nothing. */
export type Reading = {
  readonly node: YamlNode | undefined;
  readonly duplicates: readonly Duplicate[];
  /** Line of text behind the end of the document (`...`), which is never read; 0: none. */
  readonly unreadFrom: number;
};

/** Carries a `Problem` out of a recursion; caught by whoever started it. */
export class Stop extends Error {
  readonly problem: Problem;

  constructor(code: Problem["code"], line: number, message: string) {
    super(message);
    this.name = "Stop";
    this.problem = { code, line, message };
  }
}
