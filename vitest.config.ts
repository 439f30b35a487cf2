import { defineConfig } from "vitest/config";

/** Where `.ci/run` wants the results as JSON. */
const report = process.env.NETPOL_TEST_REPORT;

export default defineConfig({
  test: {
    include: ["__tests__/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
  },
});
