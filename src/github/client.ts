import { faultOf, GitHubFault } from "./fault.ts";
import { type Fetch, usesProxy, wholeFetch } from "./transport.ts";

/** Values for the placeholders, query and body of a request. */
type Parameters = { readonly [name: string]: string | number | { readonly [name: string]: string } };

/** An answer of the API; `data` is to be decoded by whoever asked. */
type Reply = { readonly status: number; readonly contentType: string; readonly data: unknown };

/** GitHub's API within one allowance of time; every failure is a `GitHubFault`. */
export type GitHubClient = {
  /** `false`: requests are sent without a token. */
  readonly hasToken: boolean;
  /** One request, retried where repeating it is harmless. */
  readonly send: (route: string, parameters: Parameters) => Promise<Reply>;
  /** One request that may create something twice: never retried here. */
  readonly sendOnce: (route: string, parameters: Parameters) => Promise<Reply>;
  /** The items of all pages of a list. */
  readonly pages: (route: string, parameters: Parameters) => Promise<readonly unknown[]>;
  /** The one GraphQL query: the login that the token acts as. */
  readonly viewer: () => Promise<Reply>;
  /** Waits, within the same allowance. */
  readonly pause: (seconds: number) => Promise<void>;
};

/** How long to bear with GitHub; tests shorten it. */
export type Patience = {
  /** For all requests of a run together, waits included. */
  readonly totalMs: number;
  /** For one attempt of one request. */
  readonly attemptMs: number;
  /** For all waits that rate limits ask for together. */
  readonly rateLimitSeconds: number;
  readonly retries: number;
  /** Length of a second of waiting. */
  readonly secondMs: number;
};

const PATIENCE: Patience = {
  totalMs: 100_000,
  attemptMs: 20_000,
  rateLimitSeconds: 60,
  retries: 3,
  secondMs: 1000,
};

/** Where the API is, and who asks. */
export type ClientOptions = {
  readonly apiUrl: string;
  readonly token: string;
  readonly version: string;
  readonly variables: { readonly [name: string]: string | undefined };
  readonly patience?: Partial<Patience>;
};

/** Opens a client; Octokit is loaded with the first request, so a run that needs nothing of GitHub never pays for it. */
export function openGitHub(options: ClientOptions): GitHubClient {
  const patience: Patience = { ...PATIENCE, ...options.patience };
  const spend = allowance(patience.totalMs);
  let loaded: ReturnType<typeof loadOctokit> | undefined;
  const octokit = () => {
    loaded ??= loadOctokit(options, patience);
    return loaded;
  };
  const ask = (route: string, parameters: Parameters, retries: object) =>
    spend(async (signal) => {
      const { request } = await octokit();
      const { status, headers, data } = await request(route, { ...parameters, request: { signal, ...retries } });
      return { status, contentType: headers["content-type"] ?? "", data };
    });
  return {
    hasToken: options.token !== "",
    send: (route, parameters) => ask(route, parameters, {}),
    // A number of retries given with a request applies to every error, so none but 0 may be given.
    sendOnce: (route, parameters) => ask(route, parameters, { retries: 0 }),
    pages: (route, parameters) =>
      spend(async (signal) => {
        const { paginate } = await octokit();
        const items = await paginate(route, { ...parameters, per_page: 100, request: { signal } });
        return items.map((item): unknown => item);
      }),
    viewer: () =>
      spend(async (signal) => {
        const { graphql } = await octokit();
        const data: unknown = await graphql("query { viewer { login } }", { request: { signal } });
        return { status: 200, contentType: "application/json", data };
      }),
    pause: (seconds) => spend(() => new Promise((resolve) => setTimeout(resolve, seconds * patience.secondMs))),
  };
}

type Spend = <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Runs work one after the other while the time for all of it lasts. */
function allowance(totalMs: number): Spend {
  let leftMs = totalMs;
  const message = `GitHub took longer than ${Math.round(totalMs / 1000)} s in all`;
  return async (work) => {
    if (leftMs <= 0) throw new GitHubFault("deadline", message);
    const started = performance.now();
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const spent = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new GitHubFault("deadline", message));
        controller.abort();
      }, leftMs);
    });
    try {
      return await Promise.race([work(controller.signal), spent]);
    } catch (error) {
      throw faultOf(error);
    } finally {
      clearTimeout(timer);
      leftMs -= performance.now() - started;
    }
  };
}

let clients = 0;

// Lets everything through at once; the plugin's pauses between writes are for programs that write in bulk.
const unspaced = {
  key: () => ({
    schedule: async (_job: object, work: (...values: readonly unknown[]) => unknown, ...values: readonly unknown[]) =>
      work(...values),
  }),
};
const UNSPACED_WRITES: { readonly [group: string]: unknown } = { write: unspaced, notifications: unspaced };

async function loadOctokit(options: ClientOptions, patience: Patience) {
  const [{ Octokit }, { retry }, { throttling }, fetchNow] = await Promise.all([
    import("@octokit/rest"),
    import("@octokit/plugin-retry"),
    import("@octokit/plugin-throttling"),
    loadFetch(options),
  ]);
  let waitedSeconds = 0;
  const mayWait = (retryAfter: number): boolean => {
    waitedSeconds += retryAfter;
    return waitedSeconds <= patience.rateLimitSeconds;
  };
  clients += 1;
  const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const octokit = new (Octokit.plugin(retry, throttling))({
    baseUrl: options.apiUrl,
    userAgent: `netpol-review/${options.version}`,
    ...(options.token === "" ? {} : { auth: options.token }),
    log: silent,
    request: { fetch: wholeFetch(fetchNow, patience.attemptMs), log: silent },
    // A rate limit is the throttling plugin's to wait for, not to be tried again in a second.
    retry: {
      doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451],
      retries: patience.retries,
      retryAfterBaseValue: patience.secondMs,
    },
    throttle: {
      // Limiters are shared by id across the process; each client has its own.
      id: `netpol-review-${clients}`,
      onRateLimit: mayWait,
      onSecondaryRateLimit: mayWait,
      retryAfterBaseValue: patience.secondMs,
      ...UNSPACED_WRITES,
    },
  });
  octokit.hook.before("request", (request) => {
    request.headers["x-github-api-version"] = "2022-11-28";
  });
  return octokit;
}

/** The runner's proxy needs a `fetch` of its own, which is large and loaded only where there is one. */
async function loadFetch(options: ClientOptions): Promise<Fetch> {
  if (!usesProxy(options.apiUrl, options.variables)) return fetch;
  const { defaults } = await import("@actions/github/lib/utils");
  return defaults.request?.fetch ?? fetch;
}

function ignore(): void {}
