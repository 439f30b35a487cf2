// Cuts the operations that the Action uses out of GitHub's published OpenAPI description, for the fake GitHub of the tests.
// Usage: node scripts/cut-openapi.mjs            writes __tests__/github/fake/openapi.json
//        node scripts/cut-openapi.mjs --check    fails where the committed file is not what would be written
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const OPERATIONS = [
  ["get", "/user"],
  ["get", "/repos/{owner}/{repo}/issues/{issue_number}/comments"],
  ["post", "/repos/{owner}/{repo}/issues/{issue_number}/comments"],
  ["patch", "/repos/{owner}/{repo}/issues/comments/{comment_id}"],
  ["delete", "/repos/{owner}/{repo}/issues/comments/{comment_id}"],
  ["get", "/repos/{owner}/{repo}/pulls/{pull_number}"],
  ["get", "/repos/{owner}/{repo}/contents/{path}"],
  ["get", "/repos/{owner}/{repo}/compare/{basehead}"],
];
const TARGET = new URL("../__tests__/github/fake/openapi.json", import.meta.url);
const KEPT = [
  "type",
  "enum",
  "required",
  "minimum",
  "maximum",
  "pattern",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
];

const require = createRequire(import.meta.url);
const source = require("@octokit/openapi/generated/api.github.com.json");
const { version } = require("@octokit/openapi/package.json");

/** The value that a `$ref` of the description names. */
function follow(node) {
  if (typeof node?.$ref !== "string") return node;
  return node.$ref
    .slice(2)
    .split("/")
    .reduce((value, key) => value[key], source);
}

/** OpenAPI 3.0 schema to JSON Schema: `nullable` becomes a type, words meant for people are left out. */
function schemaOf(schema, reached) {
  if (typeof schema.$ref === "string") {
    reached.add(schema.$ref.split("/").at(-1));
    return { $ref: schema.$ref };
  }
  const cut = {};
  for (const key of KEPT) if (schema[key] !== undefined) cut[key] = schema[key];
  if (schema.items) cut.items = schemaOf(schema.items, reached);
  if (schema.properties) cut.properties = mapValues(schema.properties, (value) => schemaOf(value, reached));
  for (const key of ["allOf", "anyOf", "oneOf"]) {
    if (schema[key]) cut[key] = schema[key].map((value) => schemaOf(value, reached));
  }
  const open = schema.additionalProperties;
  if (open !== undefined) cut.additionalProperties = typeof open === "object" ? schemaOf(open, reached) : open;
  return schema.nullable ? nullable(cut) : cut;
}

function nullable(schema) {
  if (typeof schema.type !== "string") return { anyOf: [schema, { type: "null" }] };
  const loose = { ...schema, type: [schema.type, "null"] };
  return schema.enum ? { ...loose, enum: [...schema.enum, null] } : loose;
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function responseOf(response, reached) {
  const content = follow(response).content ?? {};
  const json = content["application/json"]?.schema;
  return json ? schemaOf(json, reached) : {};
}

function operationOf([method, path], reached) {
  const operation = source.paths[path][method];
  const body = operation.requestBody?.content["application/json"].schema;
  return {
    method: method.toUpperCase(),
    path,
    parameters: (operation.parameters ?? []).map(follow).map((parameter) => ({
      name: parameter.name,
      in: parameter.in,
      required: parameter.required === true,
      schema: schemaOf(parameter.schema, reached),
    })),
    ...(body ? { body: schemaOf(body, reached) } : {}),
    responses: mapValues(operation.responses, (response) => responseOf(response, reached)),
  };
}

const reached = new Set(["basic-error"]);
const operations = OPERATIONS.map((operation) => operationOf(operation, reached));
const schemas = {};
for (const name of reached) schemas[name] = schemaOf(source.components.schemas[name], reached);

const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
// One operation or schema a line: small, and a new version of the description shows as a readable diff.
const line = (value) => JSON.stringify(value);
const text = `{
"from": ${line(`@octokit/openapi ${version}, api.github.com, cut by scripts/cut-openapi.mjs`)},
"operations": [
${operations.map(line).join(",\n")}
],
"components": {"schemas": {
${Object.entries(sorted)
  .map(([name, schema]) => `${line(name)}: ${line(schema)}`)
  .join(",\n")}
}}
}
`;

if (process.argv.includes("--check")) {
  if (readFileSync(TARGET, "utf8") === text) process.exit(0);
  console.error("__tests__/github/fake/openapi.json is not what scripts/cut-openapi.mjs writes; run it and commit");
  process.exit(1);
}
writeFileSync(TARGET, text);
