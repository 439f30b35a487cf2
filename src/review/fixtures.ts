import type { Survey } from "./survey.ts";

const NAME =
  /^(?:.*[._-])?(?:fixtures?|testdata|test-data|tests?|__tests__|__fixtures__|e2e|examples?|samples?|mocks?|demos?)$/i;

/** Globs of folders whose names say that nobody deploys what is in them, with how many files of each were read. */
export function fixtureFolders(survey: Survey): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const file of filesRead(survey)) {
    const folder = outermost(file);
    if (folder !== undefined) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Files that something was read of, or that could not be read. */
function filesRead({ clusters }: Survey): ReadonlySet<string> {
  const files = new Set<string>();
  for (const { objects, cluster } of clusters) {
    for (const { source } of objects) files.add(source.file);
    for (const { at } of cluster.issues) if (at !== undefined) files.add(at.file);
  }
  return files;
}

function outermost(file: string): string | undefined {
  const parts = file.split("/").slice(0, -1);
  const index = parts.findIndex((part) => NAME.test(part));
  return index < 0 ? undefined : `${parts.slice(0, index + 1).join("/")}/**`;
}
