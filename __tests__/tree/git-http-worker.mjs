// Serves git repositories over HTTP by running `git http-backend` as a CGI program; see git-http.ts.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

const { repositories, token, fault, redirect } = workerData;
const expected = token === undefined ? undefined : `basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
const requests = [];

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://127.0.0.1");
  const authorization = request.headers.authorization ?? "";
  const authorized = expected === undefined || authorization.toLowerCase() === expected.toLowerCase();
  requests.push({ method: request.method, path: url.pathname, authorization, authorized });
  if (fault === "reset") return request.socket.destroy();
  if (fault?.status !== undefined) return response.writeHead(fault.status).end();
  if (fault?.delayMs !== undefined) return setTimeout(() => response.writeHead(503).end(), fault.delayMs).unref();
  if (redirect !== undefined) return response.writeHead(302, { location: redirect + request.url }).end();
  if (!authorized) return response.writeHead(401, { "www-authenticate": 'Basic realm="GitHub"' }).end();
  const match = /^\/([^/]+\/[^/]+?)(?:\.git)?(\/.*)$/.exec(url.pathname);
  const dir = match === null ? undefined : new Map(Object.entries(repositories)).get(match[1]);
  if (dir === undefined) return response.writeHead(404).end("Not Found");
  serve(request, response, { dir, path: match[2], query: url.search.slice(1) });
});

function serve(request, response, { dir, path, query }) {
  const backend = spawn("git", ["http-backend"], {
    stdio: ["pipe", "pipe", "ignore"],
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      GIT_PROJECT_ROOT: dir,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: request.headers["git-protocol"] ?? "",
      PATH_INFO: `/.git${path}`,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      ...(request.headers["content-length"] === undefined ? {} : { CONTENT_LENGTH: request.headers["content-length"] }),
    },
  });
  request.pipe(backend.stdin);
  backend.stdin.on("error", () => {});
  const chunks = [];
  backend.stdout.on("data", (chunk) => chunks.push(chunk));
  backend.on("close", () => {
    const output = Buffer.concat(chunks);
    const end = output.indexOf("\r\n\r\n");
    let status = 200;
    for (const line of output.toString("latin1", 0, Math.max(0, end)).split("\r\n")) {
      const colon = line.indexOf(": ");
      const [name, value] = [line.slice(0, colon), line.slice(colon + 2)];
      if (name === "Status") status = Number.parseInt(value, 10);
      else if (colon > 0) response.setHeader(name, value);
    }
    response.writeHead(end < 0 ? 500 : status).end(output.subarray(end + 4));
  });
}

server.listen(0, "127.0.0.1", () => {
  parentPort.on("message", (question) => {
    parentPort.postMessage(question === "port" ? server.address().port : JSON.stringify(requests));
  });
});
