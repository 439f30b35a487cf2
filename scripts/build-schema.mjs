// Compiles schema/config.schema.json into schema/validate-config.mjs, so that no run has to load and start a compiler.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { transformSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Where the compiled validator stands. */
export const target = `${root}schema/validate-config.mjs`;

const banner = [
  "// biome-ignore-all lint: compiled",
  "// biome-ignore-all format: compiled",
  "// biome-ignore-all assist: compiled",
  "// Compiled from config.schema.json by scripts/build-schema.mjs.",
  "",
].join("\n");

/** The text of the compiled validator; its export `validate` is ajv's function. */
export function compileSchema() {
  const schema = JSON.parse(readFileSync(`${root}schema/config.schema.json`, "utf8"));
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    code: { source: true, esm: true },
  });
  ajv.addFormat("date", /^\d{4}-\d{2}-\d{2}$/);
  const code = standalone.default(ajv, ajv.compile(schema));
  const runtime = /require\("(ajv\/dist\/runtime\/ucs2length)"\)\.default/g;
  const imported = `import ucs2 from "ajv/dist/runtime/ucs2length.js";\n${code.replace(runtime, "(ucs2.default ?? ucs2)")}`;
  if (/\brequire\(/.test(imported)) throw new Error("the compiled schema asks for a module that has no import here");
  return banner + transformSync(imported, { format: "esm", minify: true, charset: "ascii" }).code;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, compileSchema());
