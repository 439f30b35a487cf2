import { createServer } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openGitHub } from "../../src/github/client.ts";
import { usesProxy } from "../../src/github/transport.ts";
import { type FakeGitHub, startFakeGitHub } from "./fake/server.ts";
import { HASTE } from "./talk.ts";

const environment = { ...process.env };
let fake: FakeGitHub;

beforeEach(async () => {
  fake = await startFakeGitHub();
});
afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  await fake.close();
});

/** A proxy that brings every tunnel to the fake GitHub, and remembers where it was meant to go. */
async function startProxy(): Promise<{ url: string; targets: string[]; close: () => void }> {
  const targets: string[] = [];
  const server = createServer();
  server.on("connect", (request, socket) => {
    targets.push(request.url ?? "");
    const upstream = connect(Number(new URL(fake.url).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, targets, close };
}

it("the runner's proxy is used where it has one", async () => {
  const proxy = await startProxy();
  const apiUrl = "http://api.shop.example";
  Object.assign(process.env, { http_proxy: proxy.url, GITHUB_API_URL: apiUrl });
  delete process.env.GITHUB_EVENT_PATH;
  const variables = { http_proxy: proxy.url };
  const github = openGitHub({ apiUrl, token: "person", version: "1", variables, patience: HASTE });
  expect((await github.send("GET /user", {})).status).toBe(200);
  expect(proxy.targets).toEqual(["api.shop.example:80"]);
  proxy.close();
});

it.each([
  ["https://api.github.com", { https_proxy: "http://p" }, true],
  ["https://api.github.com", { HTTPS_PROXY: "http://p" }, true],
  ["https://api.github.com", { http_proxy: "http://p" }, false],
  ["http://git.acme.example", { http_proxy: "http://p" }, true],
  ["https://api.github.com", { https_proxy: "" }, false],
])("%s with %j: %s", (url, variables, expected) => {
  expect(usesProxy(url, variables)).toBe(expected);
});
