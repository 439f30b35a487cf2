import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { dueFault, type Fault, type Mishap } from "./faults.ts";
import { describe, requestViolations, responseViolations } from "./openapi.ts";
import { type FakeAnswer, ROUTES, refusal } from "./routes.ts";
import { type FakeRequest, type FakeState, type FakeToken, newState } from "./state.ts";

/** A GitHub on loopback that remembers what it is told. */
export type FakeGitHub = {
  /** Value for `GITHUB_API_URL`. */
  readonly url: string;
  readonly state: FakeState;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly FakeRequest[];
  /** `METHOD /path` of every request so far. */
  readonly lines: () => readonly string[];
  /** Faults still to come; push to it. */
  readonly faults: Fault[];
  /** What a request or one of our own answers had that GitHub's published description does not allow. */
  readonly violations: readonly string[];
  /** Stops, and throws where something violated the description. */
  readonly close: () => Promise<void>;
};

/** Starts a GitHub on a free port of the loopback address. */
export async function startFakeGitHub(changes: Partial<FakeState> = {}): Promise<FakeGitHub> {
  const state = newState(changes);
  const requests: FakeRequest[] = [];
  const violations: string[] = [];
  const faults: Fault[] = [];
  let url = "";
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: unknown) => {
      violations.push(`the fake itself failed: ${error}`);
      outgoing.destroy();
    });
  });

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequest(incoming, url);
    requests.push(request);
    const due = dueFault(faults, request);
    if (due?.mishap.kind === "meanwhile") await due.mishap.run();
    const lost = due !== undefined && due.mishap.kind !== "meanwhile" && due.mishap.kind !== "slow" && !due.carriedOut;
    const answer = lost ? refusal(500, "not carried out") : answerTo(request);
    await send(outgoing, answer, due?.mishap);
  }

  function answerTo(request: FakeRequest): FakeAnswer {
    const token = tokenOf(request, state);
    if (token === "unknown") return refusal(401, "Bad credentials");
    violations.push(...headerViolations(request));
    if (request.path === "/graphql" || request.path === "/api/graphql") return graphql(request, token, violations);
    const line = `${request.method} ${request.path}`;
    const described = describe(request.method, request.path);
    const route = described && ROUTES.get(`${described.operation.method} ${described.operation.path}`);
    if (described === undefined || route === undefined) {
      violations.push(`${line} is not described`);
      return refusal(404, "Not Found");
    }
    violations.push(...requestViolations(described, request.query, request.body).map((text) => `${line}: ${text}`));
    const answer = route({ state, request, values: described.values, token, url });
    if (answer.type === undefined) {
      violations.push(...responseViolations(described, answer.status, answer.body).map((text) => `${line}: ${text}`));
    }
    return answer;
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    if (violations.length > 0) throw new Error(`GitHub's description was violated:\n${violations.join("\n")}`);
  };
  const lines = (): readonly string[] => requests.map(({ method, path }) => `${method} ${path}`);
  return { url, state, requests, lines, faults, violations, close };
}

async function readRequest(incoming: IncomingMessage, url: string): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString("utf8");
  const target = new URL(incoming.url ?? "/", url);
  return {
    method: incoming.method ?? "",
    path: target.pathname.replace(/^\/api\/v3\//, "/"),
    query: target.searchParams,
    headers: incoming.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}

function tokenOf(request: FakeRequest, state: FakeState): FakeToken | undefined | "unknown" {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  const found = /^(?:token|bearer) (.+)$/i.exec(String(authorization))?.[1];
  return state.tokens.get(found ?? "") ?? "unknown";
}

function headerViolations(request: FakeRequest): readonly string[] {
  const version = request.headers["x-github-api-version"];
  const violations = version === "2022-11-28" ? [] : [`${request.method} ${request.path}: API version ${version}`];
  return request.headers["user-agent"] ? violations : [...violations, "no user agent"];
}

/** The one query that may be asked. */
function graphql(request: FakeRequest, token: FakeToken | undefined, violations: string[]): FakeAnswer {
  const query = String(Object(request.body).query).replace(/\s+/g, " ");
  if (request.method !== "POST" || !/^(?:query )?\{ viewer \{ login \} \}$/.test(query)) {
    violations.push(`${request.method} /graphql: ${query}`);
  }
  if (token === undefined) return refusal(401, "Requires authentication");
  return { status: 200, body: { data: { viewer: { login: token.login } } } };
}

async function send(outgoing: ServerResponse, answer: FakeAnswer, mishap: Mishap | undefined): Promise<void> {
  switch (mishap?.kind) {
    case "reset":
      outgoing.destroy();
      return;
    case "html":
      return write(outgoing, { status: mishap.status, body: "<html><h1>Unicorn!</h1></html>", type: "text/html" }, 1);
    case "status":
      return write(outgoing, { ...refusal(mishap.status, mishap.message), headers: mishap.headers }, 1);
    case "truncate":
      return write(outgoing, answer, 0.5);
    case "short":
      return write(outgoing, answer, 0.5, true);
    case "slow":
      await sleep(mishap.delayMs, undefined, { ref: false });
      return write(outgoing, answer, 1);
    case "meanwhile":
    case undefined:
      return write(outgoing, answer, 1);
  }
}

function write(outgoing: ServerResponse, answer: FakeAnswer, part: number, framed = false): void {
  const text = answer.type === undefined ? JSON.stringify(answer.body) : String(answer.body);
  const bytes = Buffer.from(answer.body === undefined ? "" : text);
  const sent = bytes.subarray(0, Math.floor(bytes.length * part));
  const type = answer.body === undefined ? {} : { "content-type": answer.type ?? "application/json; charset=utf-8" };
  const length = answer.status === 204 ? {} : { "content-length": framed ? sent.length : bytes.length };
  outgoing.writeHead(answer.status, { ...answer.headers, ...type, ...length });
  outgoing.write(sent, () => {
    if (part < 1 && !framed) outgoing.destroy();
    else outgoing.end();
  });
}
