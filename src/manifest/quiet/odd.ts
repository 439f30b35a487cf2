import type { QuietFile, QuietObject } from "./file.ts";

type Home = { readonly workloads: QuietObject[]; readonly policies: QuietObject[]; isDeclared: boolean };

/**
 * The namespaces of quiet files in which there is, or may be, something to say about objects beside each other: two of one
 * name, a policy that selects none of the workloads or names a port that they do not have, a namespace that nothing declares
 * though others are. `declared`: some file, of these or of others, declares a namespace. What it is, the decoders say.
 */
export function oddNamespaces(files: readonly QuietFile[], declared: boolean): ReadonlySet<string> {
  const odd = new Set<string>();
  const homes = new Map<string, Home>();
  const seen = new Set<string>();
  for (const { objects } of files) {
    for (const object of objects) {
      const { kind, role, namespace, name } = object;
      // Two workloads of one name have to be told apart wherever they are named.
      const identity = `${namespace} ${name} ${role === "workload" ? role : kind}`;
      if (seen.has(identity)) odd.add(namespace);
      seen.add(identity);
      if (role === "other") continue;
      let home = homes.get(namespace);
      if (home === undefined) {
        home = { workloads: [], policies: [], isDeclared: false };
        homes.set(namespace, home);
      }
      if (role === "workload") home.workloads.push(object);
      else if (role === "policy") home.policies.push(object);
      else home.isDeclared = true;
    }
  }
  for (const [name, home] of homes) {
    if (home.policies.length > 0 && ((declared && !home.isDeclared) || !isMatched(home))) odd.add(name);
  }
  return odd;
}

/** True where every policy selects some workload, and each of its named ports is one of a workload that it selects. */
function isMatched({ workloads, policies }: Home): boolean {
  if (workloads.length === 0) return true;
  const labels = new Set(workloads.flatMap((workload) => workload.labels));
  const ports = new Set(workloads.flatMap((workload) => workload.ports));
  return policies.every((policy) => {
    const [first, ...others] = policy.labels;
    if (first === undefined) return policy.ports.every((port) => ports.has(port));
    if (others.length === 0 && policy.ports.length === 0) return labels.has(first);
    const selected = workloads.filter((workload) => policy.labels.every((label) => workload.labels.includes(label)));
    return (
      selected.length > 0 && policy.ports.every((port) => selected.some((workload) => workload.ports.includes(port)))
    );
  });
}
