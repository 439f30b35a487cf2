import { commentObject, comparisonObject, pullObject, viewerObject } from "./objects.ts";
import { addComment, type FakeRequest, type FakeState, type FakeToken } from "./state.ts";

/** An answer before it goes over the wire; `body` is JSON unless `type` says otherwise. */
export type FakeAnswer = {
  readonly status: number;
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: { readonly [name: string]: string };
};

/** What a route needs to know. */
type Visit = {
  readonly state: FakeState;
  readonly request: FakeRequest;
  readonly values: ReadonlyMap<string, string>;
  readonly token: FakeToken | undefined;
  readonly url: string;
};

type Route = (visit: Visit) => FakeAnswer;

const FORBIDDEN = refusal(403, "Resource not accessible by integration");
const NOT_FOUND = refusal(404, "Not Found");

/** Every operation of the description, by method and path. */
export const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["GET /user", user],
  ["GET /repos/{owner}/{repo}/issues/{issue_number}/comments", ours(listComments)],
  ["POST /repos/{owner}/{repo}/issues/{issue_number}/comments", ours(createComment)],
  ["PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", ours(updateComment)],
  ["DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", ours(deleteComment)],
  ["GET /repos/{owner}/{repo}/pulls/{pull_number}", ours(readPull)],
  ["GET /repos/{owner}/{repo}/compare/{basehead}", ours(compare)],
  ["GET /repos/{owner}/{repo}/contents/{path}", contents],
]);

/** An error as GitHub words it. */
export function refusal(status: number, message: string): FakeAnswer {
  return { status, body: { message, documentation_url: "https://docs.github.com/rest", status: String(status) } };
}

function user({ token }: Visit): FakeAnswer {
  if (token === undefined) return refusal(401, "Requires authentication");
  return token.kind === "workflow" ? FORBIDDEN : { status: 200, body: viewerObject(token.login) };
}

/** The route for our repository only, and only for who may read it. */
function ours(route: Route): Route {
  return (visit) => {
    const { state, token, values } = visit;
    if (values.get("owner") !== state.owner || values.get("repo") !== state.repo) return NOT_FOUND;
    if (!state.isPublic && token === undefined) return NOT_FOUND;
    return token?.may === "nothing" ? FORBIDDEN : route(visit);
  };
}

function listComments({ state, request, values, url }: Visit): FakeAnswer {
  const number = Number(values.get("issue_number"));
  if (!state.pulls.has(number)) return NOT_FOUND;
  const perPage = Math.min(100, Number(request.query.get("per_page") ?? 30));
  const page = Number(request.query.get("page") ?? 1);
  const all = state.comments.filter((comment) => comment.pull === number);
  const shown = all.slice((page - 1) * perPage, page * perPage);
  const next = new URL(`${url}${request.path}`);
  next.search = new URLSearchParams({ per_page: String(perPage), page: String(page + 1) }).toString();
  const headers = page * perPage < all.length ? { link: `<${next}>; rel="next"` } : {};
  return { status: 200, body: shown.map((comment) => commentObject(state, comment)), headers };
}

function createComment({ state, request, values, token }: Visit): FakeAnswer {
  if (token === undefined) return refusal(401, "Requires authentication");
  if (token.may !== "write") return FORBIDDEN;
  const pull = state.pulls.get(Number(values.get("issue_number")));
  if (pull === undefined) return NOT_FOUND;
  if (pull.locked) return refusal(403, "Unable to create comment because issue is locked.");
  const body = bodyOf(request);
  if (body.length > 65_536) return tooLong();
  const comment = addComment(state, pull.number, token.login, body);
  return { status: 201, body: commentObject(state, comment) };
}

function updateComment({ state, request, values, token }: Visit): FakeAnswer {
  const comment = state.comments.find(({ id }) => id === Number(values.get("comment_id")));
  if (comment === undefined) return NOT_FOUND;
  if (token === undefined) return refusal(401, "Requires authentication");
  if (token.may !== "write") return FORBIDDEN;
  const body = bodyOf(request);
  if (body.length > 65_536) return tooLong();
  comment.body = body;
  comment.updatedAt = new Date(Date.parse(comment.updatedAt) + 1000).toISOString();
  return { status: 200, body: commentObject(state, comment) };
}

function deleteComment({ state, values, token }: Visit): FakeAnswer {
  const id = Number(values.get("comment_id"));
  if (!state.comments.some((comment) => comment.id === id)) return NOT_FOUND;
  if (token?.may !== "write") return FORBIDDEN;
  state.comments = state.comments.filter((comment) => comment.id !== id);
  return { status: 204 };
}

function readPull({ state, values }: Visit): FakeAnswer {
  const pull = state.pulls.get(Number(values.get("pull_number")));
  return pull === undefined ? NOT_FOUND : { status: 200, body: pullObject(pull) };
}

function compare({ state, values }: Visit): FakeAnswer {
  const basehead = values.get("basehead") ?? "";
  const [base = "", head = ""] = basehead.split("...");
  const mergeBase = state.mergeBases.get(basehead);
  return mergeBase === undefined ? NOT_FOUND : { status: 200, body: comparisonObject(state, base, head, mergeBase) };
}

function contents({ state, request, values, token }: Visit): FakeAnswer {
  if (token === undefined && !state.isPublic) return NOT_FOUND;
  const name = `${values.get("owner")}/${values.get("repo")}/${values.get("path")}@${request.query.get("ref")}`;
  const text = state.files.get(name);
  if (text !== undefined) return { status: 200, body: text, type: "application/vnd.github.raw+json; charset=utf-8" };
  const isFolder = [...state.files.keys()].some((file) => file.startsWith(name.replace(/@.*$/, "/")));
  return isFolder ? { status: 200, body: [] } : NOT_FOUND;
}

function bodyOf(request: FakeRequest): string {
  return String(Object(request.body).body);
}

function tooLong(): FakeAnswer {
  return {
    status: 422,
    body: {
      message: "Validation Failed",
      errors: [
        {
          resource: "IssueComment",
          code: "unprocessable",
          field: "data",
          message: "Body is too long (maximum is 65536 characters)",
        },
      ],
      documentation_url: "https://docs.github.com/rest",
    },
  };
}
