import { isFields, textAt, valueAt } from "./decode.ts";
import { oneLine } from "./visible.ts";

/** Why a request came to nothing, as far as the next step depends on it. */
export type FaultKind =
  /** 401: GitHub does not know the token, or there is none. */
  | "unauthorised"
  /** 403: the token may not do this. */
  | "forbidden"
  /** 403 on a conversation that only some may write to. */
  | "locked"
  /** 404 or 410: gone, or hidden from the token. */
  | "missing"
  /** 422 and other answers that a repetition does not change. */
  | "refused"
  /** A rate limit that outlasts what may be waited. */
  | "limited"
  /** All the time for GitHub is spent. */
  | "deadline"
  /** 5xx, no answer, or an answer that cannot be read; whether the request was carried out is unknown. */
  | "unavailable";

/** A request to GitHub that failed for good; `message` is one clean line. */
export class GitHubFault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string) {
    super(message);
    this.name = "GitHubFault";
    this.kind = kind;
  }
}

/** Names what an Octokit error means; its text is cut to GitHub's own message. */
export function faultOf(error: unknown): GitHubFault {
  if (error instanceof GitHubFault) return error;
  const status = valueAt(error, "status");
  const message = error instanceof Error ? error.message : String(error);
  if (typeof status !== "number" || valueAt(error, "response") === undefined) {
    return new GitHubFault("unavailable", `no answer (${oneLine(message, 120)})`);
  }
  const said = textAt(error, "response.data.message") ?? "";
  return new GitHubFault(kindOf(error, status, said), oneLine(said === "" ? `${status}` : `${status}: ${said}`, 200));
}

function kindOf(error: unknown, status: number, said: string): FaultKind {
  if (isRateLimit(error, status, said)) return "limited";
  switch (status) {
    case 401:
      return "unauthorised";
    case 403:
      return /\blocked\b/i.test(said) ? "locked" : "forbidden";
    case 404:
    case 410:
      return "missing";
    default:
      return status >= 500 ? "unavailable" : "refused";
  }
}

function isRateLimit(error: unknown, status: number, said: string): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  const headers = valueAt(error, "response.headers");
  const spent = isFields(headers) && headers["x-ratelimit-remaining"] === "0";
  return spent || /\brate limit\b/i.test(said);
}
