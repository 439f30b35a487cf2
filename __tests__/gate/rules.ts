import type { Config } from "../../src/config/types.ts";
import { parseConfig } from "../../src/config.ts";

export const PLUGINS = ["calico", "cilium", "flannel"];

/** The configuration that `text` holds, `version: 1` added; throws where it is not valid. */
export function configOf(text: string): Config {
  const { config, issues } = parseConfig(new TextEncoder().encode(`version: 1\n${text}`), "netpol-review.yml", PLUGINS);
  if (config === undefined) throw new Error(issues.map(({ at, message }) => `${at?.line}: ${message}`).join("\n"));
  return config;
}

/** Rules and exceptions of `text`. */
export function rulesOf(text: string): Pick<Config, "rules" | "exceptions"> {
  const { rules, exceptions } = configOf(text);
  return { rules, exceptions };
}
