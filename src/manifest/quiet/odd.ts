import { afterObject, type QuietFile, type Shelf, WORD } from "./file.ts";
import { FORMS } from "./grammar.ts";

/** Of one namespace: where the words about its workloads and policies stand, and what its objects are called. */
type Home = {
  readonly name: string;
  readonly workloads: number[];
  readonly policies: number[];
  readonly identities: Set<number>;
  isDeclared: boolean;
  hasTwins: boolean;
};

/** Beyond the places of forms, which all kinds of workloads share: two of one name have to be told apart wherever they are named. */
const WORKLOADS = 15;

/**
 * The namespaces of quiet files in which there is, or may be, something to say about objects beside each other: two of one
 * name, a policy that selects none of the workloads or names a port that they do not have, a namespace that nothing declares
 * though others are. `declared`: some file, of these or of others, declares a namespace. What it is, the decoders say. All
 * files stand on one shelf.
 */
export function oddNamespaces(files: readonly QuietFile[], declared: boolean): ReadonlySet<string> {
  const odd = new Set<string>();
  const shelf = files[0]?.shelf;
  if (shelf === undefined) return odd;
  for (const home of homesOf(files, shelf)) {
    const mayMiss = home.policies.length > 0 && ((declared && !home.isDeclared) || !isMatched(home, shelf.words));
    if (home.hasTwins || mayMiss) odd.add(home.name);
  }
  return odd;
}

function homesOf(files: readonly QuietFile[], { words, text }: Shelf): Iterable<Home> {
  const homes = new Map<number, Home>();
  let last = 0;
  let home: Home | undefined;
  for (const { start, end } of files) {
    for (let at = start; at < end; at = afterObject(words, at)) {
      const namespace = words[at + WORD.namespace] ?? 0;
      if (home === undefined || namespace !== last) {
        home = homes.get(namespace) ?? newHome(text(namespace));
        homes.set(namespace, home);
        last = namespace;
      }
      note(home, words, at);
    }
  }
  return homes.values();
}

function newHome(name: string): Home {
  return { name, workloads: [], policies: [], identities: new Set(), isDeclared: false, hasTwins: false };
}

function note(home: Home, words: Int32Array, at: number): void {
  const form = words[at] ?? 0;
  const role = FORMS[form]?.role;
  const identity = (words[at + WORD.name] ?? 0) * (WORKLOADS + 1) + (role === "workload" ? WORKLOADS : form);
  const count = home.identities.size;
  if (home.identities.add(identity).size === count) home.hasTwins = true;
  if (role === "workload") home.workloads.push(at);
  else if (role === "policy") home.policies.push(at);
  else if (role === "namespace") home.isDeclared = true;
}

/** True where every policy selects some workload, and each of its named ports is one of a workload that it selects. */
function isMatched({ workloads, policies }: Home, words: Int32Array): boolean {
  if (workloads.length === 0) return true;
  const labels = new Set<number>();
  const ports = new Set<number>();
  for (const at of workloads) {
    const [own, end] = [at + WORD.count, afterObject(words, at)];
    const asked = own + (words[at + WORD.labels] ?? 0);
    for (let i = own; i < asked; i++) labels.add(words[i] ?? 0);
    for (let i = end - (words[at + WORD.ports] ?? 0); i < end; i++) ports.add(words[i] ?? 0);
  }
  return policies.every((at) => {
    const named = words[at + WORD.ports] ?? 0;
    const asked = words[at + WORD.asked] ?? 0;
    if (named === 0 && asked === 0) return true;
    if (named === 0 && asked === 1) return labels.has(words[at + WORD.count + (words[at + WORD.labels] ?? 0)] ?? 0);
    if (asked === 0) return portsOf(words, at).every((port) => ports.has(port));
    const selected = workloads.filter((each) => isSelected(words, at, each));
    return (
      selected.length > 0 &&
      portsOf(words, at).every((port) => selected.some((each) => portsOf(words, each).includes(port)))
    );
  });
}

/** The workload has every label that the policy asks for. */
function isSelected(words: Int32Array, policy: number, workload: number): boolean {
  const first = policy + WORD.count + (words[policy + WORD.labels] ?? 0);
  const end = first + (words[policy + WORD.asked] ?? 0);
  const own = workload + WORD.count;
  const ownEnd = own + (words[workload + WORD.labels] ?? 0);
  for (let i = first; i < end; i++) {
    let at = own;
    while (at < ownEnd && words[at] !== words[i]) at++;
    if (at === ownEnd) return false;
  }
  return true;
}

function portsOf(words: Int32Array, at: number): Int32Array {
  const to = afterObject(words, at);
  return words.subarray(to - (words[at + WORD.ports] ?? 0), to);
}
