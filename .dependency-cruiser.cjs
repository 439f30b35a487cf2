/** The table of docs/architecture.md as rules: who may import what. */
const folder = (name) => `^src/${name}/`;

/** @type {(name: string, from: string, allowed: string[], packages: string, comment: string) => object[]} */
const house = (from, allowed, packages, comment) => [
  {
    name: `${from}-imports`,
    comment,
    severity: "error",
    from: { path: folder(from) },
    to: {
      path: "^src/",
      pathNot: [folder(from), ...allowed.map((each) => (each === "errors" ? "^src/errors\\.ts$" : folder(each)))],
    },
  },
  {
    name: `${from}-packages`,
    comment: `${from} uses these packages and no others: ${packages || "none"}`,
    severity: "error",
    from: { path: folder(from) },
    to: { path: "node_modules", ...(packages === "" ? {} : { pathNot: `node_modules/(${packages})/` }) },
  },
];

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", comment: "a cycle has no first stone", from: {}, to: { circular: true } },
    ...house("sets", [], "ipaddr\\.js", "pure mathematics knows nobody"),
    ...house("model", ["sets", "errors"], "", "the field's nouns"),
    ...house("tree", ["errors"], "", "files at one point in time"),
    ...house("roots", ["tree", "manifest", "errors"], "picomatch", "what is deployed"),
    ...house("manifest", ["model", "sets", "errors"], "yaml", "YAML to typed objects"),
    ...house("pointwise", ["model", "sets"], "", "the definition stays readable by itself"),
    ...house("engine", ["model", "sets"], "", "the fast twin shares the model with pointwise and nothing else"),
    ...house("diff", ["engine", "pointwise", "model", "sets", "errors"], "diff", "two sides to one diff"),
    ...house("gate", ["diff", "model", "sets", "errors"], "", "protected paths"),
    ...house(
      "report",
      ["gate", "diff", "model", "sets", "errors"],
      "fast-string-width|picocolors",
      "plain data to text; never asks the engine",
    ),
    ...house("github", ["errors"], "@actions/github|@octokit/.*", "receives text, knows no policy"),
    {
      name: "ipaddr-in-one-file",
      severity: "error",
      comment: "one place decides what an address is",
      from: { path: "^src/", pathNot: "^src/sets/address-text\\.ts$" },
      to: { path: "node_modules/ipaddr\\.js/" },
    },
    {
      name: "diff-package-in-one-file",
      severity: "error",
      comment: "one place compares text",
      from: { path: "^src/", pathNot: "^src/diff/excerpt\\.ts$" },
      to: { path: "node_modules/diff/" },
    },
    {
      name: "actions-core-in-main",
      severity: "error",
      comment: "only the Action's entry speaks to the runner",
      from: { path: "^src/", pathNot: "^src/main\\.ts$" },
      to: { path: "node_modules/@actions/core/" },
    },
    {
      name: "arguments-in-cli",
      severity: "error",
      comment: "only the command's entry reads arguments",
      from: { path: "^src/", pathNot: "^src/cli(/|\\.ts$)" },
      to: { path: "node_modules/commander/" },
    },
    {
      name: "processes-and-files-in-tree",
      severity: "error",
      comment: "child processes and the file system belong to tree; entries read and write what they are told",
      from: { path: "^src/", pathNot: ["^src/tree/", "^src/(main|cli|review|config)\\.ts$", "^src/(cli|action)/"] },
      to: { path: "^(node:)?(fs|child_process|fs/promises)$" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".json"],
      conditionNames: ["import", "require", "node", "default"],
      exportsFields: ["exports"],
    },
    doNotFollow: { path: "node_modules" },
  },
};
