import type { ConfigChange as ConfigDifference } from "../config/compare-configs.ts";
import type { Severity } from "../errors.ts";
import type { ConfigChange } from "../report/report.ts";

/** Differences between the configurations, and workflows that changed, as sentences for the top of the report. */
export function configRows(
  differences: readonly ConfigDifference[],
  workflows: readonly { readonly message: string; readonly file: string }[],
  severity: Severity,
): readonly ConfigChange[] {
  return [
    ...differences.map(
      (each): ConfigChange => ({ severity, message: sentence(each), at: each.side === "head" ? each.at : undefined }),
    ),
    ...workflows.map(({ message, file }): ConfigChange => ({ severity, message, at: { file, line: 0 } })),
  ];
}

function sentence({ kind, what, name, details, loosens }: ConfigDifference): string {
  const weaker = loosens ? "; after the merge less is protected than before" : "";
  const list = details.map(({ field, base, head }) => `\`${field}\` from \`${base}\` to \`${head}\``).join(", ");
  return `the ${what} \`${name}\` is ${kind}${list === "" ? "" : `: ${list}`}${weaker}`;
}
