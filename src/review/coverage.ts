import type { Coverage } from "../roots/deployed.ts";

/** One line about what was rendered; empty where nothing was. */
export function coverageLine({ kustomize, helm, tools, rawFiles, unread }: Coverage): string {
  if (kustomize.roots + helm.charts === 0) return "";
  const parts: string[] = [];
  if (kustomize.roots > 0) {
    const by = tools.length > 0 ? ` (${tools.join(", ")})` : "";
    parts.push(
      `${kustomize.twice} of ${kustomize.roots} kustomize ${kustomize.roots === 1 ? "root" : "roots"} rendered twice${by}`,
    );
  }
  if (helm.charts > 0) {
    const defaults = helm.withDefaults.length > 0 ? `, ${helm.withDefaults.length} with default values` : "";
    parts.push(`${helm.charts} ${helm.charts === 1 ? "chart" : "charts"}${defaults}`);
  }
  parts.push(`${rawFiles} ${rawFiles === 1 ? "file" : "files"}`);
  return `${parts.join(", ")}${unread.length > 0 ? `; not read: ${unread.length}` : ""}`;
}
