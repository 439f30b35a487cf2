import type { Issue } from "../errors.ts";
import { isPolicyKind, kindRow } from "../manifest/kinds.ts";
import type { ManifestObject } from "../manifest/object.ts";

/** Objects of one side. `outside`: files that no root takes; absent where no root says what is deployed. */
export type RootedSide = {
  readonly objects: readonly ManifestObject[];
  readonly outside: ReadonlySet<string> | undefined;
};

/**
 * Policies that a kustomization, a chart or a delivery took in base, and that head has only in files that none of them
 * takes: such files are read as they stand, but whoever applies the roots no longer applies the policy. `usual`: the
 * namespace of objects that name none.
 */
export function leftRoots(base: RootedSide, head: RootedSide, usual: string): readonly Issue[] {
  const [before, after] = [base.outside, head.outside];
  if (before === undefined || after === undefined || after.size === 0) return [];
  const taken = ({ objects }: RootedSide, outside: ReadonlySet<string>) =>
    new Set(
      objects.filter((one) => isPolicyKind(one.ref) && !outside.has(one.source.file)).map((one) => nameOf(one, usual)),
    );
  const [was, is] = [taken(base, before), taken(head, after)];
  return head.objects.flatMap((object): readonly Issue[] => {
    const name = nameOf(object, usual);
    if (!was.has(name) || is.has(name)) return [];
    const message = `no kustomization, chart or delivery takes \`${name}\` any more: whether the file is applied is not decided by this tree`;
    return [{ code: "NOT_ANALYSED", severity: "error", at: object.source, message, subject: name, hides: true }];
  });
}

function nameOf({ ref, defaultNamespace }: ManifestObject, usual: string): string {
  if (kindRow(ref.group, ref.kind)?.scope === "cluster") return `${ref.kind} ${ref.name}`;
  const isGiven = ref.namespace === "" || defaultNamespace?.forced === true;
  return `${ref.kind} ${isGiven ? (defaultNamespace?.name ?? usual) : ref.namespace}/${ref.name}`;
}
