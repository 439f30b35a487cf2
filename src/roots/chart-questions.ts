import type { Tree, TreeEntry } from "../tree/tree.ts";

/** What the templates of a chart ask somebody outside it. */
export type Questions = {
  readonly asksUpgrade: boolean;
  readonly asksChance: boolean;
  /** API versions that they ask for by name; `undefined` where none asks. */
  readonly capabilities: readonly string[] | undefined;
  /** Paths of templates that call `lookup`, themselves or through what they include. */
  readonly lookups: ReadonlySet<string>;
};

const ACTION = /\{\{([\s\S]*?)\}\}/g;
const CHANCE =
  /\b(?:now|rand[A-Z]\w*|randInt|shuffle|uuidv4|genPrivateKey|genCA\w*|genSelfSignedCert\w*|genSignedCert\w*|htpasswd|bcrypt|encryptAES|ago|date|dateInZone)\b/;
const LOOKUP = /\blookup\s/;
const UPGRADE = /\.Release\.(?:IsUpgrade|IsInstall|Revision)\b/;
const ASKS_API = /\.Capabilities\.APIVersions\.Has\s+"([^"]+)"/g;

/** Reads the templates among `files`. */
export function templateQuestions(tree: Tree, files: readonly TreeEntry[]): Questions {
  const found = { asksUpgrade: false, asksChance: false, apis: new Set<string>() };
  const templates = new Map<string, string>();
  tree.read(
    files.filter(({ path }) => /(?:^|\/)templates\//.test(path)),
    (entry, bytes) => {
      if (!(bytes instanceof Uint8Array)) return;
      const actions = actionsOf(Buffer.from(bytes).toString("utf8"));
      templates.set(entry.path, actions);
      found.asksUpgrade ||= UPGRADE.test(actions);
      found.asksChance ||= CHANCE.test(actions);
      for (const match of actions.matchAll(ASKS_API)) if (match[1] !== undefined) found.apis.add(match[1]);
    },
  );
  const { asksUpgrade, asksChance, apis } = found;
  return {
    asksUpgrade,
    asksChance,
    capabilities: apis.size > 0 ? [...apis].sort() : undefined,
    lookups: lookups(templates),
  };
}

/** The text of a template's actions, one a line, without comments. */
function actionsOf(text: string): string {
  const actions: string[] = [];
  for (const match of text.matchAll(ACTION)) {
    const action = (match[1] ?? "").replace(/^-|-$/g, "").trim();
    if (!action.startsWith("/*")) actions.push(action);
  }
  return actions.join("\n");
}

/** Templates that call `lookup`, followed through the names that they define and include. */
function lookups(templates: ReadonlyMap<string, string>): ReadonlySet<string> {
  const calls = [...templates].filter(([, actions]) => LOOKUP.test(actions)).map(([path]) => path);
  const found = new Set(calls);
  for (let grew = found.size > 0; grew; ) {
    const names = new Set([...found].flatMap((path) => namesIn(templates.get(path) ?? "", /\bdefine\s+"([^"]+)"/g)));
    grew = false;
    for (const [path, actions] of templates) {
      if (found.has(path) || !namesIn(actions, /\b(?:include|template)\s+"([^"]+)"/g).some((name) => names.has(name)))
        continue;
      found.add(path);
      grew = true;
    }
  }
  return found;
}

function namesIn(actions: string, pattern: RegExp): string[] {
  return [...actions.matchAll(pattern)].flatMap((match) => match[1] ?? []);
}
