/** As much of JSON Schema as the schemas of this folder use. */
export type Schema = {
  readonly $ref?: string;
  readonly $defs?: Schemas;
  readonly definitions?: Schemas;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly not?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minItems?: number;
  readonly items?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly properties?: Schemas;
};

type Schemas = Readonly<Record<string, Schema | boolean>>;

/** Something that does not fit: at `path` of the data, by a keyword of `schema`. */
export type Fault = {
  /** `/protected/0/to`, with `~1` and `~0` for `/` and `~` in a key. */
  readonly path: string;
  readonly keyword: Keyword;
  readonly schema: Schema;
  /** The key that is missing, that nobody knows, or that is itself the fault. */
  readonly key: string | undefined;
};

/** Every place where `data` does not fit `schema`; what is wrong inside the branches of a choice is not among them. */
export function faults(schema: Schema, data: unknown): readonly Fault[] {
  const found: Fault[] = [];
  check({ root: schema, found }, schema, { data, key: "", within: undefined });
  return found;
}

type Check = { readonly root: Schema; readonly found: Fault[] };

/** One value of the data, and the way to it. */
type Place = { readonly data: unknown; readonly key: string | number; readonly within: Place | undefined };

type Keyword = keyof Schema;

function check(to: Check, given: Schema, place: Place): void {
  const schema = given.$ref === undefined ? given : definition(to.root, given.$ref);
  const { data } = place;
  const tell = (keyword: Keyword, key?: string) => to.found.push({ path: pathOf(place), keyword, schema, key });
  if (!hasType(schema, data)) tell("type");
  if (typeof data === "number") checkNumber(schema, data, tell);
  if (typeof data === "string") checkText(schema, data, tell);
  checkValue(to.root, schema, { data, tell });
  if (Array.isArray(data)) {
    if (data.length < (schema.minItems ?? 0)) tell("minItems");
    checkItems(to, schema, place, data);
  } else if (isMap(data)) {
    checkKeys(schema, data, tell);
    if (schema.propertyNames !== undefined) checkNames(to, schema.propertyNames, place, data);
    checkOthers(to, schema, { place, data, tell });
    checkProperties(to, schema, { place, data, tell });
  }
}

type Tell = (keyword: Keyword, key?: string) => void;
type Keys = Readonly<Record<string, unknown>>;
type MapCheck = { readonly place: Place; readonly data: Keys; readonly tell: Tell };

function pathOf({ key, within }: Place): string {
  if (within === undefined) return "";
  return `${pathOf(within)}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function definition(root: Schema, ref: string): Schema {
  const [, folder, name = ""] = ref.split("/");
  const found = (folder === "$defs" ? root.$defs : root.definitions)?.[name];
  if (typeof found !== "object") throw new Error(`the schema does not define ${ref}`);
  return found;
}

function hasType({ type }: Schema, data: unknown): boolean {
  if (type === undefined) return true;
  return typeof type === "string" ? isOf(type, data) : type.some((each) => isOf(each, data));
}

function isOf(type: string, data: unknown): boolean {
  if (type === "object") return isMap(data);
  if (type === "array") return Array.isArray(data);
  if (type === "integer") return Number.isInteger(data);
  return typeof data === type;
}

function isMap(data: unknown): data is Keys {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function checkNumber({ minimum, maximum }: Schema, data: number, tell: Tell): void {
  if (!Number.isFinite(data)) return;
  if (maximum !== undefined && data > maximum) tell("maximum");
  if (minimum !== undefined && data < minimum) tell("minimum");
}

function checkText({ minLength, maxLength, pattern, format }: Schema, data: string, tell: Tell): void {
  if (maxLength !== undefined && [...data].length > maxLength) tell("maxLength");
  if (minLength !== undefined && [...data].length < minLength) tell("minLength");
  if (pattern !== undefined && !expression(pattern).test(data)) tell("pattern");
  if (format === "date" && !DATE.test(data)) tell("format");
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

const expressions = new Map<string, RegExp>();

function expression(pattern: string): RegExp {
  const made = expressions.get(pattern) ?? new RegExp(pattern, "u");
  expressions.set(pattern, made);
  return made;
}

function checkValue(
  root: Schema,
  schema: Schema,
  { data, tell }: { readonly data: unknown; readonly tell: Tell },
): void {
  if (schema.const !== undefined && data !== schema.const) tell("const");
  if (schema.enum?.includes(data) === false) tell("enum");
  if (schema.not !== undefined && fits(root, schema.not, data)) tell("not");
  if (schema.anyOf?.some((branch) => fits(root, branch, data)) === false) tell("anyOf");
  if (schema.oneOf !== undefined && schema.oneOf.filter((branch) => fits(root, branch, data)).length !== 1)
    tell("oneOf");
}

function fits(root: Schema, schema: Schema, data: unknown): boolean {
  const found: Fault[] = [];
  check({ root, found }, schema, { data, key: "", within: undefined });
  return found.length === 0;
}

function checkItems(to: Check, { items }: Schema, within: Place, data: readonly unknown[]): void {
  if (items === undefined) return;
  for (const [key, item] of data.entries()) check(to, items, { data: item, key, within });
}

function checkKeys({ minProperties, maxProperties, required = [] }: Schema, data: Keys, tell: Tell): void {
  if (maxProperties !== undefined && Object.keys(data).length > maxProperties) tell("maxProperties");
  if (minProperties !== undefined && Object.keys(data).length < minProperties) tell("minProperties");
  for (const key of required) if (!Object.hasOwn(data, key)) tell("required", key);
}

function checkNames(to: Check, schema: Schema, { key, within }: Place, data: Keys): void {
  for (const name of Object.keys(data)) {
    const inside: Check = { root: to.root, found: [] };
    check(inside, schema, { data: name, key, within });
    for (const fault of inside.found) to.found.push({ ...fault, keyword: "propertyNames", key: name });
  }
}

function checkOthers(to: Check, { additionalProperties: others, properties }: Schema, map: MapCheck): void {
  if (others === undefined || others === true) return;
  for (const [key, data] of Object.entries(map.data)) {
    if (properties !== undefined && Object.hasOwn(properties, key)) continue;
    if (others === false) map.tell("additionalProperties", key);
    else check(to, others, { data, key, within: map.place });
  }
}

function checkProperties(to: Check, { properties }: Schema, { place, data, tell }: MapCheck): void {
  for (const key in properties) {
    const schema = properties[key];
    if (schema === undefined || schema === true || !Object.hasOwn(data, key)) continue;
    if (schema === false) tell("properties", key);
    else check(to, schema, { data: data[key], key, within: place });
  }
}
