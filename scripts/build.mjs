// Bundles both entries into dist/: index.js (the Action) and cli.js (the command), and collects the licences of what is inside.
// build.mjs [OUT]: writes to OUT instead of dist/, for comparing with what is committed.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const out = path.resolve(root, process.argv[2] ?? "dist");
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  // Node loads it sooner than a module, and bundled CommonJS packages ask for its `require`.
  format: "cjs",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  write: false,
  // The same code as ES modules: what is not used stays out, and the rest starts without a wrapper around each file.
  alias: { yaml: path.join(root, "node_modules/yaml/browser/index.js") },
  define: { __VERSION__: JSON.stringify(version) },
};
mkdirSync(out, { recursive: true });
const entries = [
  { in: "src/main.ts", out: "index.js", banner: "" },
  { in: "src/cli.ts", out: "cli.js", banner: "#!/usr/bin/env node" },
];
const packages = new Set();
for (const entry of entries) {
  const result = await build({
    ...shared,
    entryPoints: [entry.in],
    outfile: path.join(out, entry.out),
    banner: { js: entry.banner },
  });
  for (const file of result.outputFiles) writeFileSync(file.path, ascii(file.text));
  for (const input of Object.keys(result.metafile.inputs)) {
    const found = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(input.slice(0, found[0].length - 1));
  }
}
writeFileSync(path.join(out, "package.json"), '{ "type": "commonjs" }\n');
writeFileSync(path.join(out, "licenses.txt"), [...packages].sort().map(licence).join("\n"));

/** `code` with escapes for what is not ASCII: esbuild leaves it in tagged templates, and V8 then reads the whole file slowly. */
function ascii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function licence(folder) {
  const dir = path.join(root, folder);
  const { name, version: at, license } = JSON.parse(readFileSync(path.join(dir, "package.json"), "utf8"));
  const file = readdirSync(dir).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? "" : readFileSync(path.join(dir, file), "utf8").replace(/\r\n/g, "\n").trim();
  return `${name} ${at} (${license})\n\n${text}\n\n${"-".repeat(80)}\n`;
}
