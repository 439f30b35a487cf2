import { mergeCentral } from "../config/merge-central.ts";
import { type Config, NO_CONFIG } from "../config/types.ts";
import { parseConfig } from "../config.ts";
import type { Issue } from "../errors.ts";
import type { GitHubClient } from "../github/client.ts";
import { type CentralFile, readCentralFile } from "../github/files.ts";
import { PLUGIN_NAMES } from "../manifest/plugins/profiles.ts";
import type { ConfigFacts } from "../review/config-facts.ts";

/** A central file, and how the input names it. */
export type Central = { readonly file: CentralFile; readonly name: string };

/** The central configuration as a floor under the repository's own. One that cannot be read or is invalid leaves no answer. */
export async function withCentral(
  github: GitHubClient,
  { file, name }: Central,
  own: ConfigFacts,
): Promise<ConfigFacts> {
  const text = await readCentralFile(github, file);
  const parsed = parseConfig(new TextEncoder().encode(text), name, PLUGIN_NAMES);
  const fatal = parsed.issues.map((issue) => unplaced(issue));
  const central: Config = parsed.config ?? { ...NO_CONFIG, file: name };
  const merged =
    own.choice.side === undefined ? { config: central, issues: [] } : mergeCentral(central, own.choice.config);
  const choice = {
    ...own.choice,
    config: merged.config,
    fatal: [...fatal, ...own.choice.fatal],
    notes: [...own.choice.notes, ...merged.issues],
  };
  return { ...own, choice };
}

/** Its file is not one of this repository: the place belongs into the sentence. */
function unplaced(issue: Issue): Issue {
  const { at, message } = issue;
  if (at === undefined) return issue;
  const line = at.line > 0 ? ` line ${at.line}` : "";
  return { ...issue, at: undefined, message: `\`${at.file}\`${line}: ${message}` };
}
