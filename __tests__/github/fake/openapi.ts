import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";

type Json = { readonly [key: string]: unknown };
type Parameter = { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Json };
type Operation = {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body?: Json & { readonly properties: Json };
  readonly responses: { readonly [status: string]: Json };
};
type Description = { readonly operations: readonly Operation[]; readonly components: Json };

/** One request as the description sees it. */
export type Described = {
  readonly operation: Operation;
  /** Values of the path's placeholders, decoded. */
  readonly values: ReadonlyMap<string, string>;
};

const description: Description = JSON.parse(readFileSync(new URL("openapi.json", import.meta.url), "utf8"));
const options = { strict: false, validateFormats: false, allErrors: true, inlineRefs: false } as const;
const exact = new Ajv(options);
const coercing = new Ajv({ ...options, coerceTypes: true });
const compiled = new Map<Json, ValidateFunction>();

/** The operation that a request is one of; `undefined` where GitHub publishes none, or we have cut none. */
export function describe(method: string, path: string): Described | undefined {
  for (const operation of description.operations) {
    if (operation.method !== method) continue;
    const names: string[] = [];
    const pattern = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
      names.push(name);
      return name === "path" || name === "basehead" ? "(.+)" : "([^/]+)";
    });
    const found = new RegExp(`^${pattern}$`).exec(path);
    if (found === null) continue;
    return { operation, values: new Map(names.map((name, i) => [name, decodeURIComponent(found[i + 1] ?? "")])) };
  }
  return undefined;
}

/** What a request has that the description does not allow. */
export function requestViolations(
  { operation, values }: Described,
  query: URLSearchParams,
  body: unknown,
): readonly string[] {
  const violations: string[] = [];
  const given = new Map<string, string>([
    ...[...values].map(([name, value]) => [`path ${name}`, value] as const),
    ...[...query].map(([name, value]) => [`query ${name}`, value] as const),
  ]);
  for (const parameter of operation.parameters) {
    const key = `${parameter.in} ${parameter.name}`;
    const value = given.get(key);
    given.delete(key);
    if (value === undefined && parameter.required) violations.push(`${key} is missing`);
    if (value !== undefined)
      violations.push(
        ...violationsOf(coercing, { type: "object", properties: { value: parameter.schema } }, { value }, key),
      );
  }
  for (const name of given.keys()) violations.push(`${name} is not described`);
  return [...violations, ...bodyViolations(operation, body)];
}

/** What an answer has that the description does not allow; errors that it does not list have to look like errors. */
export function responseViolations({ operation }: Described, status: number, body: unknown): readonly string[] {
  const schema = operation.responses[String(status)];
  if (schema !== undefined) return violationsOf(exact, schema, body, `answer ${status}`);
  if (status < 400) return [`answer ${status} is not described`];
  return violationsOf(exact, { $ref: "#/components/schemas/basic-error" }, body, `answer ${status}`);
}

function bodyViolations(operation: Operation, body: unknown): readonly string[] {
  if (operation.body === undefined) return body === undefined ? [] : ["a body is not described"];
  const unknown = Object.keys(Object(body)).filter((key) => !Object.hasOwn(operation.body?.properties ?? {}, key));
  return [
    ...violationsOf(exact, operation.body, body, "body"),
    ...unknown.map((key) => `body has \`${key}\`, which is not described`),
  ];
}

function violationsOf(ajv: Ajv, schema: Json, value: unknown, what: string): readonly string[] {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile({ ...schema, components: description.components });
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${what}${error.instancePath}: ${error.message}`);
}
