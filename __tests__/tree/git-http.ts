import { Worker } from "node:worker_threads";

/** One request that the server saw. `authorized`: it carried the token, where one is asked for. */
type GitRequest = {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly authorized: boolean;
};

/** A git server on loopback. It runs in a thread of its own, so that synchronous code of a test can talk to it. */
export type GitServer = {
  /** Like `https://github.com`: repositories are below it, under their names. */
  readonly url: string;
  readonly requests: () => Promise<readonly GitRequest[]>;
  readonly close: () => Promise<void>;
};

/** How a server treats its callers. */
export type GitServerOptions = {
  /** Repositories by `owner/name`. */
  readonly repositories: Readonly<Record<string, string>>;
  /** Asked for as `Authorization: basic base64(x-access-token:TOKEN)`; anybody may read where absent. */
  readonly token?: string;
  /** Sends every request on to the same path below this address. */
  readonly redirect?: string;
  /** Answers every request with this status, or after so long, or not at all. */
  readonly fault?: { readonly status: number } | { readonly delayMs: number } | "reset";
};

/** Serves repositories with `git http-backend`, as GitHub does over HTTPS. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const worker = new Worker(new URL("./git-http-worker.mjs", import.meta.url), { workerData: options });
  const ask = (question: string) =>
    new Promise<unknown>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.postMessage(question);
    });
  const port = await ask("port");
  return {
    url: `http://127.0.0.1:${port}`,
    requests: async () => requestsOf(await ask("requests")),
    close: async () => {
      await worker.terminate();
    },
  };
}

function requestsOf(answer: unknown): readonly GitRequest[] {
  if (typeof answer !== "string") return [];
  return JSON.parse(answer);
}
