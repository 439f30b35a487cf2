const SCHEME = /^(?:[a-z][a-z0-9+.-]*:\/\/|git::|git@|[\w.-]+@[\w.-]+:)/i;
const HOST = /^(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?\//i;

/**
 * Whether `text`, which names nothing of the tree, would be fetched: a URL, git's short form, or a host and a path
 * (`github.com/org/repo//folder?ref=v1`). Look in the tree first: folders have dots in their names too.
 */
export function looksRemote(text: string): boolean {
  if (SCHEME.test(text)) return true;
  if (/[?&](?:ref|version|timeout|submodules)=/.test(text)) return true;
  return !text.startsWith(".") && HOST.test(text) && !/\.ya?ml$|\.json$/i.test(text);
}
