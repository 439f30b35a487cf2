import { randomUUID } from "node:crypto";
import { appendFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ActionPorts } from "../github/ports.ts";

/** The ports of a run on a real runner, but for the review itself. */
export function runnerPorts(version: string): Omit<ActionPorts, "commitFacts" | "review"> {
  return {
    variables: process.env,
    version,
    print: (line) => void process.stdout.write(line),
    readText: (path) => readFile(path, "utf8"),
    writeText: async (path, text) => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    },
    appendText: (path, text) => appendFile(path, text),
    sizeOf: async (path) => (await stat(path)).size,
    secret: randomUUID,
  };
}
