/** `fetch`, or a function that takes its place. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const LARGEST_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * A `fetch` that reads the whole body before it returns: an answer that ends early, takes longer than `attemptMs`
 * or claims to be JSON and is not rejects, so that it is tried again like any other fault.
 */
export function wholeFetch(fetchNow: Fetch, attemptMs: number): Fetch {
  return async (url, init) => {
    const signals = [AbortSignal.timeout(attemptMs), ...(init.signal ? [init.signal] : [])];
    const response = await fetchNow(url, { ...init, signal: AbortSignal.any(signals) });
    const bytes = await response.arrayBuffer();
    if (bytes.byteLength > LARGEST_ANSWER_BYTES) throw new Error("the answer is too large");
    const type = response.headers.get("content-type") ?? "";
    if (response.ok && /^application\/json\b/i.test(type)) checkJson(bytes);
    const bodyless = response.status === 204 || response.status === 205 || response.status === 304;
    const { status, statusText, headers } = response;
    return new Response(bodyless ? undefined : bytes, { status, statusText, headers });
  };
}

function checkJson(bytes: ArrayBuffer): void {
  try {
    JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error("the answer is not the JSON that it claims to be");
  }
}

/** Whether the environment names a proxy for `url`, by the variables that curl and git know. */
export function usesProxy(url: string, variables: { readonly [name: string]: string | undefined }): boolean {
  const { protocol } = new URL(url);
  const names = protocol === "https:" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"];
  return names.some((name) => Boolean(variables[name]));
}
