import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

type Parser = typeof import("@actions/workflow-parser") & typeof import("@actions/workflow-parser/actions/index");

/**
 * GitHub's own parser of workflows and Actions. It imports JSON in a way that Node does not allow, so it is
 * bundled first.
 */
export async function loadParser(): Promise<Parser> {
  const contents = `
    export * from "@actions/workflow-parser";
    export { parseAction, convertActionTemplate } from "@actions/workflow-parser/actions/index";
  `;
  const folder = mkdtempSync(path.join(tmpdir(), "workflow-parser-"));
  const outfile = path.join(folder, "parser.mjs");
  try {
    await build({
      stdin: { contents, resolveDir: import.meta.dirname },
      bundle: true,
      format: "esm",
      platform: "node",
      outfile,
      logLevel: "error",
      // Bundled CommonJS packages ask for `require`.
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
