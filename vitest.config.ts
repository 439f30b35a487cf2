import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

/** Where `.ci/run` wants the results as JSON. */
const report = process.env.NETPOL_TEST_REPORT;

export default defineConfig({
  // As `scripts/build.mjs` bundles it.
  resolve: { alias: { yaml: resolve(import.meta.dirname, "node_modules/yaml/browser/index.js") } },
  test: {
    include: ["__tests__/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Twice the cores that a small runner has: much of a scenario is waiting for other processes.
    maxWorkers: 4,
    // Loading the source anew for each file costs more than most files do.
    isolate: false,
    globalSetup: "__tests__/temporary-files.ts",
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
  },
});
