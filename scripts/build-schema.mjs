// Compiles schema/config.schema.json and schema/diff.schema.json into validators, so that no run has to load and start a compiler.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { transformSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Where the compiled validators stand. */
export const target = `${root}schema/validate-config.mjs`;
export const diffTarget = `${root}schema/validate-diff.mjs`;

const banner = (source) =>
  [
    "// biome-ignore-all lint: compiled",
    "// biome-ignore-all format: compiled",
    "// biome-ignore-all assist: compiled",
    `// Compiled from ${source} by scripts/build-schema.mjs.`,
    "",
  ].join("\n");

/** The text of the compiled validator of configurations; its export `validate` is ajv's function. */
export function compileSchema() {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    code: { source: true, esm: true },
  });
  ajv.addFormat("date", /^\d{4}-\d{2}-\d{2}$/);
  return compiled(ajv, "config.schema.json");
}

/** The text of the compiled validator of reports, for joining them; it stops at the first fault. */
export function compileDiffSchema() {
  return compiled(
    new Ajv({ strict: true, allowUnionTypes: true, code: { source: true, esm: true } }),
    "diff.schema.json",
  );
}

function compiled(ajv, file) {
  const schema = JSON.parse(readFileSync(`${root}schema/${file}`, "utf8"));
  const code = standalone.default(ajv, ajv.compile(schema));
  const runtime = /require\("(ajv\/dist\/runtime\/ucs2length)"\)\.default/g;
  const length = runtime.test(code) ? 'import ucs2 from "ajv/dist/runtime/ucs2length.js";\n' : "";
  const imported = `${length}${code.replace(runtime, "(ucs2.default ?? ucs2)")}`;
  if (/\brequire\(/.test(imported)) throw new Error("the compiled schema asks for a module that has no import here");
  return banner(file) + transformSync(imported, { format: "esm", minify: true, charset: "ascii" }).code;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(target, compileSchema());
  writeFileSync(diffTarget, compileDiffSchema());
}
