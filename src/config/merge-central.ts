import type { Issue } from "../errors.ts";
import { isAnnotation } from "../gate/annotation.ts";
import { quote } from "./read.ts";
import type { Config } from "./types.ts";

/** One configuration out of two, and what of the repository's own does not count. */
export type Merged = { readonly config: Config; readonly issues: readonly Issue[] };

/**
 * The central configuration with what the repository's own file adds: rules, exceptions to those, and what describes
 * the repository (`clusters`, `namespaces`, plugin, pod ranges, limits) where the central one says nothing. Whatever
 * would remove or weaken a central rule is an issue and does not count.
 */
export function mergeCentral(central: Config, own: Config): Merged {
  const issues: Issue[] = [];
  const refuse = (what: string, line: number) => issues.push(refusal(own.file, line, what, central.file));
  const taken = new Set(central.rules.map(({ name }) => name));
  const rules = own.rules.filter((rule) => {
    if (taken.has(rule.name)) refuse(`rule ${quote(rule.name)}`, rule.at.line);
    return !taken.has(rule.name);
  });
  const names = new Set(rules.map(({ name }) => name));
  const exceptions = own.exceptions.filter((exception) => {
    const isOwn = names.has(exception.rule) || isAnnotation({ name: exception.rule });
    if (!isOwn) refuse(`the exception to ${quote(exception.rule)}`, exception.at.line);
    return isOwn;
  });
  for (const setting of weakening(own, central)) refuse(quote(setting), 0);
  const config: Config = {
    ...central,
    clusters: central.clusters.length > 0 ? central.clusters : own.clusters,
    cni: central.cni ?? own.cni,
    podCidrs: central.podCidrs ?? own.podCidrs,
    rules: [...central.rules, ...rules],
    exceptions: [...central.exceptions, ...exceptions],
    namespaces: new Map([...own.namespaces, ...central.namespaces]),
    mode: central.mode === "enforce" || own.mode === "enforce" ? "enforce" : central.mode,
    render: central.render ?? own.render,
    limits: { ...own.limits, ...central.limits },
    configChanges: central.configChanges === "error" || own.configChanges === "error" ? "error" : central.configChanges,
  };
  return { config, issues };
}

/** Settings of the repository's own file that leave something unread, unjudged or unenforced. */
function weakening(own: Config, central: Config): readonly string[] {
  const settings: readonly (readonly [string, boolean])[] = [
    ["clusters", own.clusters.length > 0 && central.clusters.length > 0],
    ["exclude", own.exclude.some((glob) => !central.exclude.includes(glob))],
    ["accept-unread", own.acceptUnread.some((glob) => !central.acceptUnread.includes(glob))],
    ["paths", own.paths !== undefined && own.paths.join("\n") !== central.paths?.join("\n")],
    ["mode", own.mode === "warn" && central.mode !== "warn"],
    ["staged", own.staged === "enforce" && central.staged !== "enforce"],
    ["prerendered", own.prerendered && !central.prerendered],
    ["cni", own.cni !== undefined && central.cni !== undefined && own.cni !== central.cni],
    ["podCIDRs", own.podCidrs !== undefined && central.podCidrs !== undefined && own.podCidrs !== central.podCidrs],
  ];
  return settings.flatMap(([name, weakens]) => (weakens ? [name] : []));
}

function refusal(file: string, line: number, what: string, central: string): Issue {
  return {
    code: "CONFIG_INVALID",
    severity: "warning",
    at: { file, line },
    subject: what,
    message: `${what} does not count beside the central configuration ${quote(central)}: change it there`,
  };
}
