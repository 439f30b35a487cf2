import type { Action, ConnTerm } from "../model/policy.ts";
import { type AdminForm, adminForm } from "./admin-form.ts";
import { type AdminPeer, type AdminPods, adminPeer, adminSubject } from "./admin-peers.ts";
import { adminConn } from "./admin-ports.ts";
import type { Remark } from "./blocks.ts";
import { checkMap, type Field, fault, integer, isTemplateText, items, member, requireField, text } from "./fields.ts";
import { checkMetadata } from "./metadata.ts";

export type AdminRule = {
  readonly line: number;
  readonly action: Action;
  readonly peers: readonly AdminPeer[];
  readonly conn: ConnTerm;
};

/** An AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy as the cluster would store it. */
export type AdminSpec = {
  readonly tier: "admin" | "baseline";
  readonly priority: number;
  readonly subject: AdminPods;
  readonly ingress: readonly AdminRule[];
  readonly egress: readonly AdminRule[];
};

/** In-tier position of the only BaselineAdminNetworkPolicy, which has no priority: after every ClusterNetworkPolicy. */
const AFTER_EVERY_PRIORITY = 1001;

/**
 * The admin policy at `object`, checked as its CRD checks it, and its selectors as the API server checks others; what
 * is wrong with it ends up in `object.faults`, and then the value must not be used.
 * Source: kubernetes-sigs/network-policy-api apis/v1alpha1 at v0.1.7, apis/v1alpha2 at v0.2.0.
 */
export function adminSpec(object: Field, kind: string, remarks: Remark[]): AdminSpec {
  const form = adminForm(kind);
  checkMap(object, form.shapes.policy);
  checkMetadata(object);
  const name = member(member(object, "metadata"), "name");
  if (form.onlyName !== undefined && text(name) !== form.onlyName) {
    fault(name, `must be \`${form.onlyName}\`: there is one ${kind} in a cluster`);
  }
  const spec = member(object, "spec");
  if (spec.node === undefined) fault(spec, "is required");
  checkMap(spec, form.shapes.spec);
  const subject = adminSubject(member(spec, "subject"), form);
  const ingress = rules(member(spec, "ingress"), form, remarks);
  const egress = rules(member(spec, "egress"), form, remarks);
  return { tier: tierOf(spec, form), priority: priorityOf(spec, form), subject, ingress, egress };
}

function tierOf(spec: Field, form: AdminForm): "admin" | "baseline" {
  if (form.tier !== "named") return form.tier;
  const field = member(spec, "tier");
  const tier = text(field);
  if (tier === "Admin") return "admin";
  if (tier === "Baseline") return "baseline";
  if (tier === undefined) requireField(field);
  else if (!isTemplateText(tier)) fault(field, `must be \`Admin\` or \`Baseline\`, not \`${tier}\``);
  return "admin";
}

function priorityOf(spec: Field, form: AdminForm): number {
  if (!form.priority) return AFTER_EVERY_PRIORITY;
  const field = member(spec, "priority");
  const priority = integer(field, { min: 0, max: 1000 });
  if (priority === undefined) requireField(field);
  return priority ?? 0;
}

function rules(field: Field, form: AdminForm, remarks: Remark[]): readonly AdminRule[] {
  const given = items(field);
  if (given.length > form.most) fault(field, `must not have more than ${form.most} rules`);
  const direction = field.path.endsWith("ingress") ? "ingress" : "egress";
  return given.map((item) => rule(item, { form, direction, remarks }));
}

type RuleScope = { readonly form: AdminForm; readonly direction: "ingress" | "egress"; readonly remarks: Remark[] };

function rule(field: Field, scope: RuleScope): AdminRule {
  const { form, direction } = scope;
  checkMap(field, direction === "ingress" ? form.shapes.ingressRule : form.shapes.egressRule);
  const name = text(member(field, "name")) ?? "";
  if (name.length > 100) fault(member(field, "name"), "must not be longer than 100 characters");
  const peersField = member(field, direction === "ingress" ? "from" : "to");
  const given = items(peersField);
  if (peersField.node === undefined) requireField(peersField);
  else if (given.length === 0 && peersField.node.kind === "seq") fault(peersField, "must not be empty");
  else if (given.length > form.most) fault(peersField, `must not have more than ${form.most} peers`);
  const peers = given.map((item) => adminPeer(item, scope)).filter((each) => each !== undefined);
  const conn = adminConn(member(field, form.portsField), form);
  if (conn.names.length > 0 && peers.some((each) => each.kind !== "pods")) {
    fault(field, "must not have named ports beside `networks`, `nodes` or `domainNames`, which have none");
  }
  return { line: field.line, action: actionOf(member(field, "action"), form), peers, conn };
}

function actionOf(field: Field, form: AdminForm): Action {
  const given = text(field);
  const action = form.actions.get(given ?? "");
  if (given === undefined) requireField(field);
  else if (action === undefined && !isTemplateText(given)) {
    const names = [...form.actions.keys()];
    const meant = names.find((each) => each.toLowerCase() === given.toLowerCase());
    const hint = meant === undefined ? "" : `: write \`${meant}\``;
    fault(field, `must be one of ${names.map((each) => `\`${each}\``).join(", ")}, not \`${given}\`${hint}`);
  }
  return action ?? "deny";
}
