import type { FakeRequest } from "./state.ts";

/** What goes wrong with an answer. */
export type Mishap =
  | { readonly kind: "status"; readonly status: number; readonly message: string; readonly headers: Headers }
  | { readonly kind: "html"; readonly status: number }
  /** The connection is cut before the answer. */
  | { readonly kind: "reset" }
  /** Half of the body, then the connection is cut. */
  | { readonly kind: "truncate" }
  /** Half of the body, but framed as if it were whole. */
  | { readonly kind: "short" }
  /** The answer, late. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /** Nothing wrong: something else happens just before, such as a comment that somebody deletes. */
  | { readonly kind: "meanwhile"; readonly run: () => void | Promise<void> };

type Headers = { readonly [name: string]: string };

/** One mishap for the next `times` requests that match. */
export type Fault = {
  /** Beginning of `METHOD /path`. */
  readonly on: string | RegExp;
  readonly mishap: Mishap;
  times: number;
  /** The request is carried out all the same, only the answer is lost. */
  readonly carriedOut: boolean;
};

/** A fault for the next request that matches, or the next few. */
export function fault(on: Fault["on"], mishap: Mishap, times = 1, carriedOut = false): Fault {
  return { on, mishap, times, carriedOut };
}

/** The first fault that is due for a request; it counts as used. */
export function dueFault(faults: readonly Fault[], request: FakeRequest): Fault | undefined {
  const line = `${request.method} ${request.path}`;
  const due = faults.find(
    ({ on, times }) => times > 0 && (typeof on === "string" ? line.startsWith(on) : on.test(line)),
  );
  if (due !== undefined) due.times -= 1;
  return due;
}

/** An answer with this status and GitHub's kind of body. */
export function status(code: number, message = "Server Error", headers: Headers = {}): Mishap {
  return { kind: "status", status: code, message, headers };
}

/** A secondary rate limit, with or without a word on how long it lasts. */
export function secondaryLimit(retryAfterSeconds: number | undefined): Mishap {
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  return status(403, message, retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) });
}

/** The hourly limit, used up. */
export function primaryLimit(resetInSeconds: number): Mishap {
  const reset = Math.floor(Date.now() / 1000) + resetInSeconds;
  return status(403, "API rate limit exceeded for installation ID 1.", {
    "x-ratelimit-limit": "1000",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": String(reset),
  });
}
