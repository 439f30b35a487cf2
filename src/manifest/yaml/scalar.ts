import type { YamlScalar } from "./node.ts";

export type ScalarValue = YamlScalar["value"];

/** What a tagged scalar means, or why the tag does not fit. */
export type Resolution = { readonly value: ScalarValue } | { readonly problem: string };

/** A key as text, or why nothing can be found under it. */
export type KeyText = { readonly key: string } | { readonly problem: string };

const WORDS: ReadonlyMap<string, ScalarValue> = new Map<string, ScalarValue>([
  ...words(true, "y Y yes Yes YES true True TRUE on On ON"),
  ...words(false, "n N no No NO false False FALSE off Off OFF"),
  ...words(null, "~ null Null NULL"),
  ...words(Number.NaN, ".nan .NaN .NAN"),
  ...words(Number.POSITIVE_INFINITY, ".inf .Inf .INF +.inf +.Inf +.INF"),
  ...words(Number.NEGATIVE_INFINITY, "-.inf -.Inf -.INF"),
]);

const LONGEST_WORD = 5;
const SMALL = /^(?:0|[1-9][0-9]{0,14})$/;
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;
const CORE_TAG = "tag:yaml.org,2002:";

/** First characters of text that may be more than text: digits, signs, a dot, and the letters of yes, no, true, false, on, off, null. */
const HINTS = hints("+-.~0123456789yYnNtTfFoO");

function words(value: ScalarValue, list: string): readonly (readonly [string, ScalarValue])[] {
  return list.split(" ").map((word) => [word, value] as const);
}

function hints(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

/** True of the first character of text that may be more than text when it stands without quotes. */
export function mayBeMore(code: number): boolean {
  return HINTS[code] === 1;
}

/**
 * The value of an unquoted scalar as go-yaml v2 resolves it: `yes` is `true`, `0777` is 511, `1:20` is text.
 * `.nan` and `.inf` come back as such although JSON, and so Kubernetes, has no place for them.
 */
export function resolvePlain(text: string): ScalarValue {
  if (text === "") return null;
  const first = text.charCodeAt(0);
  if (first > 127 || HINTS[first] === 0) return text;
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  return isLetter(first) ? text : numberOf(text);
}

/** The value of a scalar with a tag; tags that YAML does not define leave the text as it is. */
export function resolveTagged(tag: string, text: string): Resolution {
  if (!tag.startsWith(CORE_TAG)) return { value: text };
  const name = tag.slice(CORE_TAG.length);
  if (name === "str") return { value: text };
  if (name === "binary") return binary(text);
  const value = resolvePlain(text);
  switch (name) {
    case "bool":
      return typeof value === "boolean" ? { value } : misfit(text, name);
    case "null":
      return value === null ? { value } : misfit(text, name);
    case "float":
      return typeof value === "number" ? { value } : misfit(text, name);
    case "int":
      return typeof value === "number" && integerOf(text) !== undefined ? { value } : misfit(text, name);
    case "timestamp":
      return /^\d{4}-\d/.test(text) ? { value: text } : misfit(text, name);
    default:
      return { value: text };
  }
}

function misfit(text: string, name: string): Resolution {
  return { problem: `\`${text}\` is no !!${name}` };
}

function binary(text: string): Resolution {
  const packed = text.replace(/[\r\n]/g, "");
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed))
    return { problem: "!!binary value is no base64" };
  return { value: Buffer.from(packed, "base64").toString("utf8") };
}

/** The text under which a resolved key is found, as Kubernetes' YAML to JSON converter writes it: `on` is `true`, `0x50` is `80`. */
export function keyText(value: ScalarValue, text: string): KeyText {
  if (typeof value === "string") return { key: value };
  if (typeof value === "boolean") return { key: value ? "true" : "false" };
  if (value === null) return { problem: "a key is null" };
  const integer = integerOf(text);
  if (integer === undefined) return { key: floatText(value) };
  return integer > INT64_MAX ? { problem: `key \`${text}\` is out of range` } : { key: integer.toString() };
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function numberOf(text: string): string | number {
  if (SMALL.test(text)) return Number(text);
  const integer = integerOf(text);
  if (integer !== undefined) return Number(integer);
  const plain = text.charCodeAt(0) === 0x2e ? text : bare(text);
  if (!FLOAT.test(plain)) return text;
  const value = Number(plain);
  if (!Number.isFinite(value)) return text;
  return value === 0 ? 0 : value;
}

function bare(text: string): string {
  return text.includes("_") ? text.replaceAll("_", "") : text;
}

/** `undefined` where `text` is no integer or beyond 64 bits. */
function integerOf(text: string): bigint | undefined {
  const first = text.charCodeAt(0);
  if (first === 0x2e || first === 0x5f) return undefined;
  const plain = bare(text);
  const oddBinary = /^0b([-+][01]+)$/.exec(plain)?.[1];
  if (oddBinary !== undefined) return inRange(oddBinary.startsWith("-"), BigInt(`0b${oddBinary.slice(1)}`), true);
  if (!INTEGER.test(plain)) return undefined;
  const signed = plain.startsWith("-") || plain.startsWith("+");
  const digits = signed ? plain.slice(1) : plain;
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase();
  return inRange(plain.startsWith("-"), BigInt(octal), signed);
}

function inRange(negative: boolean, magnitude: bigint, signed: boolean): bigint | undefined {
  const value = negative ? -magnitude : magnitude;
  return value >= INT64_MIN && value <= (signed ? INT64_MAX : UINT64_MAX) ? value : undefined;
}

/** Go's `%g` with the fewest digits that single precision needs. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? ".inf" : "-.inf";
  if (single === 0) return "0";
  for (let digits = 1; digits <= 9; digits++) {
    const exact = single.toExponential(digits - 1);
    if (Math.fround(Number(exact)) === single) return general(exact);
  }
  return general(single.toExponential(8));
}

function general(exponential: string): string {
  const [mantissa = "0", power = "0"] = exponential.split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return Number(exponential).toString();
  const size = Math.abs(exponent).toString().padStart(2, "0");
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${size}`;
}
