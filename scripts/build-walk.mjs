// Compiles src/manifest/quiet/assembly, which is AssemblyScript, into the WebAssembly module that the program carries.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const source = "src/manifest/quiet/assembly/documents.ts";
const compiled = "src/manifest/quiet/compiled.ts";

/** Where the compiled walk stands. */
export const target = `${ROOT}${compiled}`;

/** The text of the module that holds the compiled walk, in Base64; of the sources below `root`. */
export async function compileWalk(root = ROOT) {
  let binary = new Uint8Array();
  const options = [
    "--optimizeLevel",
    "3",
    "--converge",
    "--noAssert",
    "--runtime",
    "stub",
    "--initialMemory",
    "40",
    "--enable",
    "simd",
  ];
  const { error, stderr } = await asc.main([source, "--baseDir", root, "--outFile", "walk.wasm", ...options], {
    writeFile: (_, contents) => {
      binary = contents;
    },
  });
  if (error !== null) throw new Error(`${source} cannot be compiled:\n${stderr}`);
  const packed = Buffer.from(binary).toString("base64");
  const lines = [
    `// Compiled from ${source} by scripts/build-walk.mjs.`,
    "",
    "/** The walk as a WebAssembly module, in Base64. */",
    "export const WALK =",
    `  "${packed}";`,
    "",
  ];
  return lines.join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await compileWalk());
