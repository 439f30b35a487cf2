import { closest } from "fastest-levenshtein";
import { type ClusterDefaults, decodeCluster, decodePlugin, decodePodCidrs } from "./config/decode-clusters.ts";
import { decodeException, decodeRule } from "./config/decode-rules.ts";
import { choiceOf, field, itemsOf, labelsOf, numberOf, type Report, reporter, textOf } from "./config/fields.ts";
import { decodeGlobs } from "./config/globs.ts";
import { quote, readConfig } from "./config/read.ts";
import { misfits } from "./config/schema-issues.ts";
import type { Config, LimitSettings, ParsedConfig } from "./config/types.ts";
import type { Issue } from "./errors.ts";
import { isAnnotation } from "./gate/annotation.ts";
import type { YamlMap, YamlNode } from "./manifest/yaml/node.ts";

/** Reads `.github/netpol-review.yml`; every problem of the file is an issue, and any of them leaves no configuration. */
export function parseConfig(bytes: Uint8Array, file: string, knownPlugins: readonly string[]): ParsedConfig {
  const { root, issues: unreadable } = readConfig(bytes, file);
  if (root === undefined) return { config: undefined, issues: unreadable };
  const issues: Issue[] = [];
  const report = reporter(file, issues);
  const wrong = misfits(root);
  for (const { line, message } of wrong) report(line, message);
  const sound = (path: string) => !wrong.some((each) => each.path === path || each.path.startsWith(`${path}/`));
  const config = decodeConfig(root, { file, knownPlugins, sound }, report);
  issues.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0));
  return { config: issues.length === 0 ? config : undefined, issues };
}

type Reading = {
  readonly file: string;
  readonly knownPlugins: readonly string[];
  /** True where the schema finds nothing wrong at a path or below, so that its meaning can be checked. */
  readonly sound: (path: string) => boolean;
};

function decodeConfig(root: YamlMap, reading: Reading, report: Report): Config {
  const { file, knownPlugins } = reading;
  const part = (key: string) => (reading.sound(`/${key}`) ? field(root, key) : undefined);
  const globs = (key: string) => decodeGlobs(part(key), report);
  const cni = decodePlugin(part("cni"), knownPlugins, report);
  const podCidrs = decodePodCidrs(part("podCIDRs"), report);
  const config: Config = {
    file,
    clusters: decodeClusters(root, reading, { file, cni, podCidrs, knownPlugins }, report),
    cni,
    podCidrs,
    rules: soundItems(root, "protected", reading).map((node) => decodeRule(node, file, report)),
    exceptions: soundItems(root, "exceptions", reading).map((node) => decodeException(node, file, report)),
    namespaces: decodeNamespaces(part("namespaces")),
    mode: choiceOf(part("mode"), ["enforce", "warn"]),
    render: choiceOf(part("render"), ["auto", "never"]),
    paths: field(root, "paths") === undefined ? undefined : globs("paths"),
    exclude: globs("exclude"),
    acceptUnread: globs("accept-unread"),
    limits: decodeLimits(part("limits")),
    staged: choiceOf(part("staged"), ["ignore", "enforce"]),
    configChanges: choiceOf(part("configChanges"), ["warning", "error"]),
    prerendered: isTrue(part("prerendered")),
  };
  checkNames(root, report);
  return config;
}

function decodeClusters(
  root: YamlMap,
  reading: Reading,
  defaults: ClusterDefaults,
  report: Report,
): Config["clusters"] {
  const both = root.entries.get("paths");
  if (both !== undefined && root.entries.has("clusters"))
    report(
      both.keyLine,
      "`paths` and `clusters` exclude each other: name the manifests of each cluster in `manifests`",
    );
  return soundItems(root, "clusters", reading).map((node) => decodeCluster(node, defaults, report));
}

/** The items of a list that fit the schema each. */
function soundItems(root: YamlMap, key: string, { sound }: Reading): readonly YamlNode[] {
  return itemsOf(field(root, key)).filter((_, i) => sound(`/${key}/${i}`));
}

function decodeNamespaces(node: YamlNode | undefined): Config["namespaces"] {
  if (node?.kind !== "map") return new Map();
  return new Map([...node.entries].map(([name, { value }]) => [name, labelsOf(field(value, "labels"))]));
}

function decodeLimits(node: YamlNode | undefined): LimitSettings {
  const limits: Record<string, number> = {};
  for (const key of ["fileBytes", "documents", "aliases", "depth", "files", "representatives"] as const) {
    const value = numberOf(field(node, key));
    if (value !== undefined) limits[key] = value;
  }
  return limits;
}

function isTrue(node: YamlNode | undefined): boolean {
  return node?.kind === "scalar" && node.value === true;
}

/** Names that stand twice, and exceptions to rules that are not there. */
function checkNames(root: YamlMap, report: Report): void {
  for (const [key, what] of [
    ["protected", "rule"],
    ["clusters", "cluster"],
  ] as const) {
    const seen = new Map<string, number>();
    for (const item of itemsOf(field(root, key))) {
      const name = textOf(field(item, "name"));
      if (name === undefined) continue;
      const first = seen.get(name);
      if (first === undefined) seen.set(name, item.line);
      else
        report(
          item.line,
          `a second ${what} called ${quote(name)}, the first stands in line ${first}: names are unique`,
        );
    }
  }
  const rules = itemsOf(field(root, "protected")).flatMap((item) => textOf(field(item, "name")) ?? []);
  for (const item of itemsOf(field(root, "exceptions"))) {
    const node = field(item, "rule");
    const name = textOf(node);
    if (node === undefined || name === undefined || rules.includes(name) || isAnnotation({ name })) continue;
    const nearest = rules.length === 0 ? "" : `: the nearest rule is ${quote(closest(name, rules))}`;
    report(node.line, `an exception to ${quote(name)}, which is no rule here${nearest}`);
  }
}
