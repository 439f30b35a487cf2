/** A JSON object whose keys are not known yet. */
export type Fields = { readonly [key: string]: unknown };

/** Whether `value` is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at a dotted path of own keys, such as `pull_request.head.sha`; `undefined` where the path ends early. */
export function valueAt(value: unknown, path: string): unknown {
  let here: unknown = value;
  for (const key of path.split(".")) {
    if (!isFields(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}

/** The text at a path; `undefined` where there is none, or nothing but the empty text. */
export function textAt(value: unknown, path: string): string | undefined {
  const found = valueAt(value, path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** The whole number above zero at a path. */
export function countAt(value: unknown, path: string): number | undefined {
  const found = valueAt(value, path);
  return typeof found === "number" && Number.isSafeInteger(found) && found > 0 ? found : undefined;
}

/** The truth value at a path. */
export function flagAt(value: unknown, path: string): boolean | undefined {
  const found = valueAt(value, path);
  return typeof found === "boolean" ? found : undefined;
}

/** A full commit id: 40 or 64 lower-case hexadecimal digits. */
export function isCommitId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/** The commit id at a path; the all-zero id, which stands for "no commit", is `undefined`. */
export function commitAt(value: unknown, path: string): string | undefined {
  const found = textAt(value, path);
  return found !== undefined && isCommitId(found) && !/^0+$/.test(found) ? found : undefined;
}
