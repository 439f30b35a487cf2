/**
 * What a value must be to need no second look. `anything`: valid YAML; `distinct`: valid, and no key given twice; `map`,
 * `list`: with the entries or items that the rule says; `labels`: a mapping of texts, each a `label`; `text`: no number,
 * boolean or null; `number`: a whole number; `scalar`: a text or a whole number.
 */
type RuleKind = "anything" | "distinct" | "map" | "list" | "labels" | "label" | "text" | "number" | "scalar";

/** What one value of a document must be, and what to do with it. Made by the functions of this file alone. */
export type Rule<Facts> = {
  readonly kind: RuleKind;
  /** Keys of a `map` that mean something, by their length. */
  readonly keys: readonly (readonly RuleKey<Facts>[])[];
  /** For the other keys of a `map`; `undefined`: there must be none. */
  readonly rest: Rule<Facts> | undefined;
  readonly item: Rule<Facts> | undefined;
  /** Hears of a text, with the key of a `label`, and of a number with `number` in the place of the key. */
  readonly tell: ((facts: Facts, text: string, key: string) => void) | undefined;
  /** Hears of the end of a `map`. */
  readonly end: ((facts: Facts) => void) | undefined;
};

type RuleKey<Facts> = { readonly bytes: Uint8Array; readonly rule: Rule<Facts> };

const BARE = { keys: [], rest: undefined, item: undefined, tell: undefined, end: undefined };

/** Any value that is valid. */
export const ANYTHING: Rule<unknown> = { kind: "anything", ...BARE };
/** Any value in which no key is given twice. */
export const DISTINCT: Rule<unknown> = { kind: "distinct", ...BARE };

/** A mapping with these keys, and others as `rest` says. */
export function map<Facts>(
  keys: Readonly<Record<string, Rule<Facts>>>,
  rest?: Rule<Facts>,
  end?: (facts: Facts) => void,
): Rule<Facts> {
  const byLength: RuleKey<Facts>[][] = [];
  for (const [key, rule] of Object.entries(keys)) {
    for (let length = byLength.length; length <= key.length; length++) byLength.push([]);
    byLength[key.length]?.push({ bytes: Buffer.from(key), rule });
  }
  return { ...BARE, kind: "map", keys: byLength, rest, end };
}

/** A list of such items. */
export function list<Facts>(item: Rule<Facts>): Rule<Facts> {
  return { ...BARE, kind: "list", item };
}

/** A mapping of texts, each of which is told with its key. */
export function labels<Facts>(tell?: (facts: Facts, value: string, key: string) => void): Rule<Facts> {
  return { ...BARE, kind: "labels", item: { ...BARE, kind: "label", tell } };
}

/** A text. */
export function text<Facts>(tell?: (facts: Facts, value: string) => void): Rule<Facts> {
  return { ...BARE, kind: "text", tell };
}

/** A text or a whole number. */
export function scalar<Facts>(tell: (facts: Facts, value: string, kind: string) => void): Rule<Facts> {
  return { ...BARE, kind: "scalar", tell };
}

/** A whole number, told in digits. */
export function number<Facts>(tell: (facts: Facts, digits: string) => void): Rule<Facts> {
  return { ...BARE, kind: "number", tell };
}
