import type { Need } from "./wanted.ts";

const TOP_KIND = /^["']?kind["']?[ \t]*:[ \t]*(.*)$/gm;
const ANY_KIND = /\bkind["']?\s*:[ \t]*([^\n,}]*)/g;
const API_VERSION = /\bapiVersion["']?\s*:\s*["']?([\w./-]+)/;
const WORD = /^(?:"([A-Za-z0-9]+)"|'([A-Za-z0-9]+)'|([A-Za-z0-9]+))\s*(?:#.*)?$/;

/**
 * Whether text that cannot be parsed looks like an object that somebody needs: by its `kind:` at column 0, without one
 * by any `kind:` in it. A kind that is no plain word could be anything.
 */
export function couldBeNeeded(text: string, { needed }: Need): boolean {
  const apiVersion = API_VERSION.exec(text)?.[1] ?? "";
  const top = [...text.matchAll(TOP_KIND)];
  const found = top.length > 0 ? top : [...text.matchAll(ANY_KIND)];
  if (found.length === 0) return needed("", apiVersion);
  return found.some((match) => {
    const word = WORD.exec((match[1] ?? "").trim());
    const kind = word?.[1] ?? word?.[2] ?? word?.[3];
    return kind === undefined || needed(kind, "");
  });
}
