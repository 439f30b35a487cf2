import type { ObjectRef } from "../../model/policy.ts";

const GROUPS: readonly string[] = ["projectcalico.org", "crd.projectcalico.org"];

/** The group whose objects are Calico's stored form: no API server of Calico's own has defaulted or checked them. */
export const STORED_GROUP = "crd.projectcalico.org";

/** True of the objects of both of Calico's API groups. */
export function isCalico(ref: ObjectRef): boolean {
  return GROUPS.includes(ref.group);
}
