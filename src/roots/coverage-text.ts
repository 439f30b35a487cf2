import type { Coverage } from "./deployed.ts";

/** What was read, in one line: `12 of 636 kustomize roots rendered twice (kustomize 5.8.1), 2 charts, 41 files; not read: 3`. */
export function coverageText({ kustomize, helm, tools, rawFiles, unread }: Coverage): string {
  const parts: string[] = [];
  const versions = tools.length === 0 ? "" : ` (${tools.join(", ")})`;
  if (kustomize.roots > 0) {
    parts.push(`${kustomize.twice} of ${count(kustomize.roots, "kustomize root")} rendered twice${versions}`);
  }
  if (helm.charts > 0) {
    const own = helm.withDefaults.length === 0 ? "" : `, ${helm.withDefaults.length} with default values`;
    parts.push(`${count(helm.charts, "chart")}${own}${kustomize.roots > 0 ? "" : versions}`);
  }
  parts.push(count(rawFiles, "file"));
  return parts.join(", ") + (unread.length === 0 ? "" : `; not read: ${unread.length}`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
