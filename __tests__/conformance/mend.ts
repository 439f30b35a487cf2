import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";

type Json = Record<string, unknown>;

/**
 * Runs `work` on a copy of `folder` whose policies an API server would accept: what netpol-analyzer reads into a
 * rejected policy is written out. The copy is removed afterwards.
 */
export async function onMended<T>(folder: string, work: (copy: string) => Promise<T>): Promise<T> {
  const copy = mkdtempSync(join(tmpdir(), "netpol-mended-"));
  try {
    cpSync(folder, copy, { recursive: true });
    for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && /\.ya?ml$/.test(entry.name)) mendFile(join(entry.parentPath, entry.name));
    }
    return await work(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function mendFile(path: string): void {
  const documents = parseAllDocuments(readFileSync(path, "utf8"));
  if (!("map" in documents)) return;
  const objects: unknown[] = documents.map((document) => document.toJS());
  if (!objects.some(isPolicy)) return;
  writeFileSync(path, objects.map((object) => stringify(isPolicy(object) ? mended(object) : object)).join("---\n"));
}

function isPolicy(object: unknown): object is Json {
  return isObject(object) && /^(Baseline)?(Admin)?NetworkPolicy$/.test(String(object.kind));
}

function mended(policy: Json): Json {
  const metadata = isObject(policy.metadata) ? policy.metadata : {};
  const named = { ...policy, metadata: { ...metadata, name: String(metadata.name).replaceAll("_", "-") } };
  return policy.kind === "NetworkPolicy" ? named : { ...named, spec: withSplitRules(withBothSelectors(policy.spec)) };
}

/** `pods` of an admin policy with both of its selectors. */
function withBothSelectors(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBothSelectors);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "pods" && isObject(inner)
        ? { namespaceSelector: {}, podSelector: {}, ...inner }
        : withBothSelectors(inner),
    ]),
  );
}

/** Named ports have no meaning for networks: a rule with both becomes one for networks and one for pods. */
function withSplitRules(spec: unknown): unknown {
  if (!isObject(spec) || !Array.isArray(spec.egress)) return spec;
  const egress = spec.egress.flatMap((rule: Json) => {
    const peers = listOf(rule.to);
    const ports = listOf(rule.ports);
    const numbers = ports.filter((port) => !("namedPort" in port));
    const networks = peers.filter((peer) => "networks" in peer);
    if (networks.length === 0 || numbers.length === ports.length) return [rule];
    return [
      { ...rule, to: networks, ports: numbers },
      { ...rule, to: peers.filter((peer) => !("networks" in peer)) },
    ];
  });
  return { ...spec, egress };
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
