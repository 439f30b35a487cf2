import type { Issue } from "../../errors.ts";
import { checkMap, member, root, shape, textMap } from "../fields.ts";
import { checkMetadata, faultIssue } from "../metadata.ts";
import type { ManifestObject } from "../object.ts";
import { readCidrs } from "./cidr.ts";
import type { CidrGroup } from "./groups.ts";

const GROUP = shape("a CiliumCIDRGroup", ["apiVersion", "kind", "metadata", "spec"]);
const SPEC = shape("the spec of a CiliumCIDRGroup", ["externalCIDRs"]);

/** The CiliumCIDRGroups among `objects`. */
export function readGroups(objects: readonly ManifestObject[]): {
  readonly groups: readonly CidrGroup[];
  readonly issues: readonly Issue[];
} {
  const groups: CidrGroup[] = [];
  const issues: Issue[] = [];
  for (const object of objects) {
    if (object.ref.kind !== "CiliumCIDRGroup") continue;
    const field = root(object.node);
    checkMap(field, GROUP);
    checkMetadata(field);
    const spec = member(field, "spec");
    checkMap(spec, SPEC);
    const set = readCidrs(member(spec, "externalCIDRs"));
    const labels = textMap(member(member(field, "metadata"), "labels"), "labels");
    const issue = faultIssue(object, field.faults);
    if (issue !== undefined) issues.push(issue);
    else
      groups.push({ name: object.ref.name, labels: new Map([...labels].map(([key, { value }]) => [key, value])), set });
  }
  return { groups, issues };
}
