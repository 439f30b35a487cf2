import type { Issue } from "../errors.ts";
import type { Delivery } from "./delivery.ts";
import type { Sides } from "./plan-types.ts";
import type { TreePlan } from "./side-plan.ts";

/** Fields that every delivery has and that say where this very tree comes from: no news on a new object. */
const ORIGIN = /^(?:sourceRef|repoURL|targetRevision|destination)(?:\.|$)/;

/** Fields of Flux and Argo CD objects that differ and are neither applied nor known to be without effect, and suspensions. */
export function changedControls(trees: Sides<TreePlan>): Issue[] {
  const before = new Map(trees.base.deliveries.found.map(({ delivery }) => [delivery.id, delivery]));
  const issues: Issue[] = [];
  for (const { delivery } of trees.head.deliveries.found) {
    const old = before.get(delivery.id);
    const fields = new Set([...delivery.unread.keys(), ...(old?.unread.keys() ?? [])]);
    for (const field of fields) {
      const now = delivery.unread.get(field);
      if (now?.digest === old?.unread.get(field)?.digest || (old === undefined && ORIGIN.test(field))) continue;
      issues.push(
        control(
          delivery,
          now?.line ?? delivery.at.line,
          `\`${field}\` of \`${delivery.label}\` changes what is applied in a way that is not followed here`,
        ),
      );
    }
    if (old !== undefined && old.suspended !== delivery.suspended) {
      const verb = delivery.suspended ? "suspends" : "resumes";
      issues.push(
        control(
          delivery,
          delivery.at.line,
          `this ${verb} \`${delivery.label}\`, so what is applied is not what the tree says`,
        ),
      );
    } else if (delivery.suspended) {
      const message = `\`${delivery.label}\` is suspended: changes below its path take no effect until it is resumed`;
      issues.push({ ...control(delivery, delivery.at.line, message), severity: "warning", hides: false });
    }
  }
  return issues;
}

function control(delivery: Delivery, line: number, message: string): Issue {
  const at = { file: delivery.at.file, line };
  return { code: "NOT_ANALYSED", severity: "error", at, message, subject: delivery.label, hides: true };
}
