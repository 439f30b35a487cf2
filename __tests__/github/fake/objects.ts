import { createRequire } from "node:module";
import type { FakeComment, FakePull, FakeState } from "./state.ts";

type Json = { readonly [key: string]: unknown };
type Examples = readonly { readonly name: string; readonly examples: readonly Json[] }[];

const require = createRequire(import.meta.url);
const examples: Examples = require("@octokit/webhooks-examples");

/** A payload of the published examples, to be changed by the caller. */
export function examplePayload(name: string, action?: string): { [key: string]: unknown } {
  const found = examples.find((event) => event.name === name);
  const payload = found?.examples.find((example) => action === undefined || example.action === action);
  if (payload === undefined) throw new Error(`the published examples have no ${name} ${action ?? ""}`);
  return structuredClone(payload);
}

/** An account as the API shows it. */
function userObject(login: string): Json {
  const url = `https://api.github.com/users/${encodeURIComponent(login)}`;
  return {
    login,
    id: 1,
    node_id: "MDQ6VXNlcjE=",
    avatar_url: "https://avatars.githubusercontent.com/u/1?v=4",
    gravatar_id: "",
    url,
    html_url: `https://github.com/${encodeURIComponent(login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: login.endsWith("[bot]") ? "Bot" : "User",
    site_admin: false,
    user_view_type: "public",
  };
}

/** The account behind a token, as `GET /user` shows it. */
export function viewerObject(login: string): Json {
  return {
    ...userObject(login),
    name: login,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: "2020-01-01T00:00:00Z",
    updated_at: "2020-01-01T00:00:00Z",
  };
}

/** A comment as the API shows it. */
export function commentObject(state: FakeState, comment: FakeComment): Json {
  const api = `https://api.github.com/repos/${state.owner}/${state.repo}`;
  return {
    id: comment.id,
    node_id: `IC_${comment.id}`,
    url: `${api}/issues/comments/${comment.id}`,
    html_url: `https://github.com/${state.owner}/${state.repo}/pull/${comment.pull}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.pull}`,
    user: userObject(comment.author),
    body: comment.body,
    author_association: "NONE",
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
  };
}

/** A pull request as the API shows it: the published example with our commits. */
export function pullObject(pull: FakePull): Json {
  const example = Object(examplePayload("pull_request", "opened").pull_request);
  return {
    ...example,
    auto_merge: null,
    number: pull.number,
    locked: pull.locked,
    mergeable: pull.mergeable,
    merge_commit_sha: pull.mergeCommit,
    head: { ...example.head, sha: pull.head },
    base: { ...example.base, ref: pull.base.ref, sha: pull.base.sha },
  };
}

/** A comparison as the API shows it, without commits and files. */
export function comparisonObject(state: FakeState, base: string, head: string, mergeBase: string): Json {
  const api = `https://api.github.com/repos/${state.owner}/${state.repo}`;
  const page = `https://github.com/${state.owner}/${state.repo}/compare/${base}...${head}`;
  return {
    url: `${api}/compare/${base}...${head}`,
    html_url: page,
    permalink_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: commitObject(api, base),
    merge_base_commit: commitObject(api, mergeBase),
    status: "ahead",
    ahead_by: 1,
    behind_by: 0,
    total_commits: 1,
    commits: [],
    files: [],
  };
}

function commitObject(api: string, sha: string): Json {
  const person = { name: "Mona", email: "mona@example.com", date: "2026-01-01T00:00:00Z" };
  const tree = { sha, url: `${api}/git/trees/${sha}` };
  return {
    url: `${api}/commits/${sha}`,
    sha,
    node_id: `C_${sha}`,
    html_url: `https://github.com/commit/${sha}`,
    comments_url: `${api}/commits/${sha}/comments`,
    commit: {
      url: `${api}/git/commits/${sha}`,
      author: person,
      committer: person,
      message: "change",
      comment_count: 0,
      tree,
    },
    author: null,
    committer: null,
    parents: [],
  };
}
