import { afterObject, type QuietFile, WORD } from "../../../src/manifest/quiet/file.ts";
import { FORMS } from "../../../src/manifest/quiet/grammar.ts";

/** One object of a quiet file. A Namespace stands in itself. */
type QuietObject = {
  readonly kind: string;
  readonly role: (typeof FORMS)[number]["role"];
  readonly namespace: string;
  readonly name: string;
  /** Labels that a workload gives its pods, as `key=value`; of a policy, those that it asks of the pods it selects. */
  readonly labels: readonly string[];
  /** Named ports of a workload's containers, or of a policy's ingress rules, as `name/protocol`. */
  readonly ports: readonly string[];
};

/** The objects of a file. */
export function objectsOf({ shelf: { words, text }, start, end }: QuietFile): readonly QuietObject[] {
  const objects: QuietObject[] = [];
  for (let at = start; at < end; at = afterObject(words, at)) {
    const form = FORMS[words[at] ?? 0];
    if (form === undefined) continue;
    const from = at + WORD.count;
    const asked = from + (words[at + WORD.labels] ?? 0);
    const ports = asked + (words[at + WORD.asked] ?? 0);
    const texts = (first: number, last: number) => Array.from(words.subarray(first, last), text);
    objects.push({
      kind: form.kind,
      role: form.role,
      namespace: text(words[at + WORD.namespace] ?? 0),
      name: text(words[at + WORD.name] ?? 0),
      labels: form.role === "policy" ? texts(asked, ports) : form.role === "workload" ? texts(from, asked) : [],
      ports: texts(ports, ports + (words[at + WORD.ports] ?? 0)),
    });
  }
  return objects;
}
