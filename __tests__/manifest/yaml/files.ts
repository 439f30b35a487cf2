import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const MAX_BYTES = 60_000;

/** The small YAML files below a folder. */
export function yamlFiles(folder: string): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...yamlFiles(path));
    else if (entry.isFile() && /\.ya?ml$/.test(entry.name) && statSync(path).size < MAX_BYTES) files.push(path);
  }
  return files;
}
