import { InputError } from "../errors.ts";
import type { Variables } from "./environment.ts";
import { COMMENT_MODES, type CommentMode } from "./outcome.ts";

const DEFAULT_CONFIG = ".github/netpol-review.yml";
const MODES = ["enforce", "warn"] as const;
const RENDERS = ["auto", "never"] as const;

/** The Action's inputs, checked as far as they can be without the repository. */
export type ActionInputs = {
  readonly paths: readonly string[];
  /** A path, or `owner/repo/path@ref`. */
  readonly config: string;
  /** Somebody asked for another file than the default one, so that it has to be there. */
  readonly configIsTyped: boolean;
  readonly mode: (typeof MODES)[number];
  readonly comment: CommentMode;
  readonly cluster: string;
  /** A ref or a directory; `undefined`: what the event says. */
  readonly base: string | undefined;
  readonly head: string | undefined;
  readonly render: (typeof RENDERS)[number];
  readonly token: string;
  readonly matrix: string;
};

/** Decodes the inputs as the runner passes them, in `INPUT_…`; an `InputError` names the input and the value. */
export function readInputs(variables: Variables): ActionInputs {
  const text = (name: string): string => (variables[`INPUT_${name.toUpperCase()}`] ?? "").trim();
  const config = text("config") || DEFAULT_CONFIG;
  return {
    paths: text("paths")
      .split(/\r?\n/)
      .map((path) => path.trim())
      .filter((path) => path !== ""),
    config,
    configIsTyped: config !== DEFAULT_CONFIG,
    mode: oneOf("mode", text("mode"), MODES),
    comment: oneOf("comment", text("comment") || "changes", COMMENT_MODES),
    cluster: text("cluster"),
    base: refOf("base", text("base")),
    head: refOf("head", text("head")),
    render: oneOf("render", text("render"), RENDERS),
    token: text("token"),
    matrix: text("matrix"),
  };
}

/** `value` as one of `known`, the first of them where it is empty. */
function oneOf<T extends string>(input: string, value: string, known: readonly [T, ...T[]]): T {
  if (value === "") return known[0];
  const found = known.find((word) => word === value);
  if (found !== undefined) return found;
  const words = known.map((word) => `\`${word}\``).join(", ");
  throw new InputError("USAGE", undefined, `input \`${input}\` is \`${value}\`, not one of ${words}`);
}

function refOf(input: string, value: string): string | undefined {
  if (value === "") return undefined;
  if (!value.startsWith("-") && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) return value;
  throw new InputError(
    "BAD_REF",
    undefined,
    `input \`${input}\` is \`${value}\`, which is neither a ref nor a directory`,
  );
}
