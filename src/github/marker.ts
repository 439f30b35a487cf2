import { flagAt, textAt, valueAt } from "./decode.ts";

/** What the first line of a comment says about it, for the next run. */
export type Marker = {
  /** Whose comment it is: see `identityOf`. */
  readonly id: string;
  /** Full id of the head commit that was judged. */
  readonly head: string;
  /** Rows were left out for want of room. */
  readonly truncated: boolean;
};

const LINE = /^<!-- netpol-review (\{.{1,1000}\}) -->$/;

/** The marker as the comment's first line; nothing in it can end the HTML comment early. */
export function markerLine(marker: Marker): string {
  const { id, head, truncated } = marker;
  const json = JSON.stringify({ v: 1, id, head, truncated }).replace(/[<>]|--/g, "");
  return `<!-- netpol-review ${json} -->`;
}

/** The marker on the first line of a comment's body; `undefined` where there is none of this version. */
export function parseMarker(body: string): Marker | undefined {
  const [first = ""] = body.split(/\r?\n/, 1);
  const json = LINE.exec(first)?.[1];
  if (json === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const id = textAt(value, "id");
  if (id === undefined || valueAt(value, "v") !== 1) return undefined;
  return { id, head: textAt(value, "head") ?? "", truncated: flagAt(value, "truncated") === true };
}
