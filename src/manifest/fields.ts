import type { YamlEntry, YamlMap, YamlNode, YamlScalar } from "./yaml/node.ts";

/** Something in one object that the API server would not take, or that only a template engine could fill in. */
export type Fault = {
  readonly path: string;
  readonly line: number;
  /** Continues a sentence that starts with the path: `must be between 1 and 65535`. */
  readonly text: string;
  /** The value is a placeholder that nobody has filled in yet. */
  readonly template: boolean;
};

/** A place in an object, with the list that collects what is wrong with the object. `node` is absent for YAML's null. */
export type Field = {
  readonly node: YamlNode | undefined;
  readonly path: string;
  readonly line: number;
  readonly faults: Fault[];
};

/** The fields that one sort of map may have; `slips` explains fields that people write by mistake. */
export type Shape = {
  readonly what: string;
  readonly fields: ReadonlySet<string>;
  readonly slips: ReadonlyMap<string, string>;
  /** Said of any other field that does not belong here. */
  readonly otherwise: string | undefined;
};

/** The shape of `what` with these fields. */
export function shape(
  what: string,
  fields: readonly string[],
  slips: Record<string, string> = {},
  otherwise?: string,
): Shape {
  return { what, fields: new Set(fields), slips: new Map(Object.entries(slips)), otherwise };
}

/** A place below another one. Its path is put together only when a fault needs it: there are millions of places. */
class Place implements Field {
  readonly node: YamlNode | undefined;
  readonly line: number;
  readonly faults: Fault[];
  readonly #above: Field;
  readonly #step: string | number;

  constructor(node: YamlNode | undefined, line: number, above: Field, step: string | number) {
    this.node = node;
    this.line = line;
    this.faults = above.faults;
    this.#above = above;
    this.#step = step;
  }

  get path(): string {
    return below(this.#above.path, this.#step);
  }
}

function below(path: string, step: string | number): string {
  if (typeof step === "number") return `${path}[${step}]`;
  return path === "" ? step : `${path}.${step}`;
}

/** The object itself as a place. */
export function root(node: YamlMap): Field {
  return { node, path: "", line: node.line, faults: [] };
}

/** The place as if nothing stood there. */
export function absent(field: Field): Field {
  return { node: undefined, path: field.path, line: field.line, faults: field.faults };
}

/** Notes that the value at `field` cannot stand. */
export function fault(field: Field, text: string): void {
  field.faults.push({ path: field.path, line: field.line, text, template: isPlaceholder(field.node) });
}

/** The member `name` of the map at `field`; without a node where it is missing or null. */
export function member(field: Field, name: string): Field {
  const entry = field.node?.kind === "map" ? field.node.entries.get(name) : undefined;
  if (entry === undefined) return new Place(undefined, field.line, field, name);
  return new Place(presentNode(entry.value), entry.keyLine, field, name);
}

/** The entries of the map at `field`: none where it is missing or null, a fault where it is something else. */
export function entries(field: Field): Iterable<readonly [string, YamlEntry]> {
  if (field.node === undefined) return [];
  if (field.node.kind === "map") return field.node.entries;
  fault(field, `must be a map, not ${describe(field.node)}`);
  return [];
}

/** True where the map at `field` is there; notes fields that `allowed` does not have. */
export function checkMap(field: Field, allowed: Shape): boolean {
  if (field.node === undefined) return false;
  for (const [name, entry] of entries(field)) {
    if (allowed.fields.has(name)) continue;
    const path = below(field.path, name);
    const slip =
      name === "$patch"
        ? "a patch is no object"
        : (allowed.slips.get(name) ?? suggestion(name, allowed.fields) ?? allowed.otherwise);
    const text = `is no field of ${allowed.what}${slip === undefined ? "" : `; ${slip}`}`;
    field.faults.push({ path, line: entry.keyLine, text, template: isTemplateText(name) });
  }
  return field.node.kind === "map";
}

/** The items of the list at `field`: none where it is missing or null, a fault where it is something else. */
export function items(field: Field): readonly Field[] {
  if (field.node === undefined) return [];
  if (field.node.kind !== "seq") {
    fault(field, `must be a list, not ${describe(field.node)}`);
    return [];
  }
  return field.node.items.map((node, i) => new Place(presentNode(node), node.line, field, i));
}

/** The text at `field`; `undefined` where it is missing or null, and with a fault where it is something else. */
export function text(field: Field): string | undefined {
  const { node } = field;
  if (node === undefined) return undefined;
  if (node.kind === "scalar" && typeof node.value === "string") {
    if (isTemplateText(node.value)) fault(field, `holds the placeholder \`${node.value}\``);
    return node.value;
  }
  fault(field, `must be text, not ${describe(node)}${quoteHint(node)}`);
  return undefined;
}

/** The whole number at `field`, in `range`; `undefined` where it is missing or null, and with a fault otherwise. */
export function integer(field: Field, range: { readonly min: number; readonly max: number }): number | undefined {
  const { node } = field;
  if (node === undefined) return undefined;
  if (node.kind !== "scalar" || typeof node.value !== "number") {
    fault(field, `must be a number, not ${describe(node)}`);
    return undefined;
  }
  if (!Number.isInteger(node.value) || node.value < range.min || node.value > range.max) {
    fault(field, `must be a whole number between ${range.min} and ${range.max}, not \`${node.text}\``);
    return undefined;
  }
  return node.value;
}

/** The boolean at `field`; `undefined` where it is missing or null, and with a fault where it is something else. */
export function flag(field: Field): boolean | undefined {
  const { node } = field;
  if (node === undefined) return undefined;
  if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
  fault(field, `must be true or false, not ${describe(node)}`);
  return undefined;
}

/** The member at the end of a path of names. */
export function memberAt(field: Field, path: readonly string[]): Field {
  return path.reduce(member, field);
}

/** A text and the line of its key. */
export type Entry = { readonly value: string; readonly line: number };

/**
 * The texts of the map at `field`, by key. A value of null is the empty text, as in Go. Placeholders are faults only
 * where an answer depends on the texts.
 */
export function textMap(
  field: Field,
  what: string,
  placeholders: "fault" | "ignore" = "fault",
): ReadonlyMap<string, Entry> {
  const out = new Map<string, Entry>();
  for (const [key, entry] of entries(field)) {
    const node = presentNode(entry.value);
    const line = entry.keyLine;
    const at = new Place(node, line, field, key);
    if (node === undefined) out.set(key, { value: "", line });
    else if (node.kind === "scalar" && typeof node.value === "string") out.set(key, { value: node.value, line });
    else fault(at, `is ${describe(node)}, and ${what} are text${quoteHint(node)}`);
    if (placeholders === "ignore") continue;
    if (isTemplateText(key)) fault(new Place(scalarOf(key, line), line, field, key), "is a placeholder");
    if (node !== undefined && isPlaceholder(node)) text(at);
  }
  return out;
}

/** Notes that a required field is missing, unless something else is already wrong with it. */
export function requireField(field: Field): void {
  if (field.faults.every((each) => each.path !== field.path)) fault(field, "is required");
}

/** Notes where the map at `field` has none or more than one of `names`, unless one of them is already at fault. */
export function exactlyOne(field: Field, names: readonly string[]): void {
  if (field.node === undefined) requireField(field);
  if (field.node?.kind !== "map") return;
  const given = names.filter((name) => member(field, name).node !== undefined);
  const list = names.map((name) => `\`${name}\``).join(", ");
  if (given.length > 1) fault(field, `must have only one of ${list}`);
  const told = field.faults.some((each) => each.path.startsWith(`${field.path}.`));
  if (given.length === 0 && !told) fault(field, `must have one of ${list}`);
}

/** True of text that only a template engine could fill in. */
export function isTemplateText(value: string): boolean {
  if (!value.includes("{")) return value.includes("$(");
  return value.includes("{{") || value.includes("${") || value.includes("$(") || value.includes("{%");
}

/** What a node is, for messages: `the number \`1.10\``. */
export function describe(node: YamlNode): string {
  if (node.kind === "map") return "a map";
  if (node.kind === "seq") return "a list";
  switch (typeof node.value) {
    case "string":
      return `the text \`${node.value}\``;
    case "number":
      return `the number \`${node.text}\``;
    case "boolean":
      return `the boolean \`${node.text}\``;
    default:
      return "nothing";
  }
}

function quoteHint(node: YamlNode): string {
  if (node.kind !== "scalar" || node.value === null) return "";
  return ` (write \`"${node.text}"\`)`;
}

function presentNode(node: YamlNode): YamlNode | undefined {
  return node.kind === "scalar" && node.value === null ? undefined : node;
}

function scalarOf(value: string, line: number): YamlScalar {
  return { kind: "scalar", line, value, text: value };
}

function isPlaceholder(node: YamlNode | undefined): boolean {
  return node?.kind === "scalar" && typeof node.value === "string" && isTemplateText(node.value);
}

/** The allowed name that was probably meant: equal but for case, or for two letters in five. */
function suggestion(name: string, allowed: ReadonlySet<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of allowed) {
    const most = Math.floor(candidate.length * 0.4);
    if (Math.abs(candidate.length - name.length) > most) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance > most || distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best === undefined ? undefined : `perhaps \`${best}\``;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
