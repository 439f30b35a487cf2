import { type Findings, noteIssue } from "../dialects/findings.ts";
import type { ManifestObject } from "../object.ts";
import { namesLeftOut, type READINGS } from "./match.ts";
import type { Condition } from "./selector.ts";

const TAKEN: Readonly<Record<keyof typeof READINGS, string>> = {
  allow: "this allow is taken to hold with and without the label",
  deny: "this deny is taken to hold only where it does with and without the label",
  subject: "the policy is taken to govern only pods that it does with and without the label",
};

/** Tells a selector on labels that Cilium leaves out of identities by default, and how it is read. */
export function noteLeftOut(
  conditions: readonly Condition[],
  line: number,
  reading: keyof typeof READINGS,
  { object, findings }: { readonly object: ManifestObject; readonly findings: Findings },
): void {
  const keys = [...new Set(conditions.filter(namesLeftOut).map(({ key }) => `\`${key}\``))];
  if (keys.length === 0) return;
  const text = `selects by ${keys.join(", ")}, which Cilium leaves out of identities by default: ${TAKEN[reading]}`;
  noteIssue(findings, object, { code: "SUSPECT", line, text });
}
