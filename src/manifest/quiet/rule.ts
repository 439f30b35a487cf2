/** What the compiled walk notes of a text or number, of which it makes sure; by name. Source: `assembly/notes.ts`. */
type Noted =
  | "NAMED"
  | "PLACED"
  | "NAMED_NAMESPACE"
  | "ACCOUNT"
  | "POD_LABEL"
  | "ASKED_LABEL"
  | "PEER_LABEL"
  | "EXPRESSION_KEY"
  | "OPERATOR"
  | "EXPRESSION_VALUE"
  | "POLICY_TYPE"
  | "CIDR"
  | "EXCEPT"
  | "PROTOCOL"
  | "PORT_NAME"
  | "PORT_NUMBER"
  | "RESTARTS";
/** As `Noted`, of the end of a mapping. */
type Ended =
  | "EXPRESSION"
  | "SUBJECT_EXPRESSION"
  | "INGRESS_RULE"
  | "EGRESS_RULE"
  | "PEER_SELECTOR"
  | "BLOCK"
  | "PEER"
  | "INGRESS_PORT"
  | "EGRESS_PORT"
  | "CONTAINER_PORT"
  | "CONTAINER"
  | "SELECTOR"
  | "POLICY"
  | "WORKLOAD"
  | "SET"
  | "REFUSED";
/** A note of the compiled walk. */
export type Note = Noted | Ended;

/**
 * What a value must be to need no second look. `anything`: valid YAML; `distinct`: valid, and no key given twice; `map`,
 * `list`: with the entries or items that the rule says; `labels`: a mapping of texts, each a `label`; `text`: no number,
 * boolean or null; `number`: a whole number; `scalar`: a text or a whole number. In the order of `assembly/walk.ts`.
 */
export const RULE_KINDS = [
  "anything",
  "distinct",
  "map",
  "list",
  "labels",
  "label",
  "text",
  "number",
  "scalar",
] as const;

/** What one value of a document must be, and what to note of it. Made by the functions of this file alone. */
export type Rule = {
  readonly kind: (typeof RULE_KINDS)[number];
  /** Keys of a `map` that mean something. */
  readonly keys: readonly { readonly name: string; readonly rule: Rule }[];
  /** For the other keys of a `map`; `undefined`: there must be none. */
  readonly rest: Rule | undefined;
  readonly item: Rule | undefined;
  readonly note: Noted | undefined;
  readonly end: Ended | undefined;
};

const BARE = { keys: [], rest: undefined, item: undefined, note: undefined, end: undefined };

/** Any value that is valid. */
export const ANYTHING: Rule = { kind: "anything", ...BARE };
/** Any value in which no key is given twice. */
export const DISTINCT: Rule = { kind: "distinct", ...BARE };

/** A mapping with these keys, and others as `rest` says. */
export function map(keys: Readonly<Record<string, Rule>>, rest?: Rule, end?: Ended): Rule {
  const wanted = Object.entries(keys).map(([name, rule]) => ({ name, rule }));
  return { ...BARE, kind: "map", keys: wanted, rest, end };
}

/** A list of such items. */
export function list(item: Rule): Rule {
  return { ...BARE, kind: "list", item };
}

/** A mapping of texts, each of which is noted with its key. */
export function labels(note?: "POD_LABEL" | "ASKED_LABEL" | "PEER_LABEL"): Rule {
  return { ...BARE, kind: "labels", item: { ...BARE, kind: "label", note } };
}

/** A text. */
export function text(note?: Noted): Rule {
  return { ...BARE, kind: "text", note };
}

/** A text or a port number. */
export function scalar(note: Noted): Rule {
  return { ...BARE, kind: "scalar", note };
}

/** A whole number; one that is noted is a port. */
export function number(note?: "PORT_NUMBER"): Rule {
  return { ...BARE, kind: "number", note };
}
