import { runDiff } from "../../src/cli/commands.ts";
import type { Report } from "../../src/report/report.ts";
import { findTools } from "../../src/tree/render-tools.ts";
import { issuesOf } from "../manifest/review-files.ts";
import { type Files, makeFolder } from "../tree/repo.ts";

const tools = await findTools(process.env.PATH ?? "", makeFolder());
export const hasKustomize = tools.kustomize !== undefined;
export const hasHelm = tools.helm !== undefined;

/** `db` is protected from everybody, whatever the port. */
const RULES: Files = {
  ".github/netpol-review.yml": "version: 1\nprotected: [{ name: db, to: { namespace: a, pods: { app: db } } }]\n",
};

export const pods = (name: string, more = "") => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: a, labels: { app: ${name} }${more} }
spec: { containers: [{ name: c, image: i }] }
`;
export const policy = (spec: string, name = "p", more = "") =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: ${name}, namespace: a${more} }\nspec: ${spec}\n`;
export const CLOSED = policy("{ podSelector: {}, policyTypes: [Ingress] }");
export const OPEN = policy("{ podSelector: {}, ingress: [{}] }");
export const kustomization = (...resources: readonly string[]) => `resources: ${JSON.stringify(resources)}\n`;

/** The verdict on two trees under the rules, rendered by the tools of the machine, and the codes of what differs. */
export async function verdict(base: Files, head: Files): Promise<readonly string[]> {
  const report = await reviewed(base, head);
  const told = issuesOf(report).filter(({ standing }) => !standing);
  return [report.conclusion, ...new Set(told.map(({ code, severity }) => `${code} ${severity}`))];
}

/** The whole report. */
export function reviewed(base: Files, head: Files): Promise<Report> {
  const flags = { output: "json", color: "never", representatives: true };
  return runDiff(makeFolder({ ...RULES, ...base }), makeFolder({ ...RULES, ...head }), flags);
}
