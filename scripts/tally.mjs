// tally.mjs FILE…: one line over several JSON reports of vitest. A test of two reports counts once, and fails if it
// failed in one of them. A report that is not there, and a file that could not be run, count as one failure each.
import { existsSync, readFileSync } from "node:fs";

const results = new Map();
/** Of the last report: their titles change with the reason. */
let skipped = 0;
for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) {
    results.set(path, "failed");
    continue;
  }
  skipped = 0;
  for (const { name, status, assertionResults } of JSON.parse(readFileSync(path, "utf8")).testResults) {
    if (status === "failed" && assertionResults.every((each) => each.status !== "failed")) results.set(name, "failed");
    for (const each of assertionResults) {
      const test = `${name} ${each.fullName}`;
      if (each.status !== "passed" && each.status !== "failed") skipped++;
      else if (results.get(test) !== "failed") results.set(test, each.status);
    }
  }
}
const failed = [...results].filter(([, status]) => status === "failed");
for (const [test] of failed) console.log(`failed: ${test}`);
if (skipped > 0) console.log(`skipped in the last run, with the reason in the title: ${skipped}`);
console.log(`${results.size - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 || results.size === 0 ? 1 : 0;
