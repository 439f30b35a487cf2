// Writes docs/plugins.md from the plugins' profiles; with `--print` to standard output.
import { readFileSync, writeFileSync } from "node:fs";

const root = new URL("..", import.meta.url);
const { features, plugins } = JSON.parse(readFileSync(new URL("src/manifest/plugins/profiles.json", root), "utf8"));

const EFFECTS = {
  none: "as the API says",
  open: "the direction is open",
  ignored: "ignored",
  "policy-rejected": "the whole policy does not exist",
  "widen-protocol": "every port of the protocol",
  "widen-namespace": "the whole namespace",
  "first-port": "the first port alone",
  unknown: "changes no answer; noted",
};

const SHORT = { yes: "yes", no: "**no**", partial: "part", unknown: "?" };

/** How sure a cell is: what kind of source stands behind it. */
function sureness({ value, source, note }) {
  if (value === "unknown" || source === "") return "not known";
  if (/not run/.test(note)) return "code read, not run";
  return /\.(md|mdx|rst)\b/.test(source) ? "documentation read" : "code read";
}

function cell(text) {
  return text.replaceAll("|", "\\|");
}

function row(cells) {
  return `| ${cells.join(" | ")} |`;
}

function matrix() {
  const head = ["", ...plugins.map(({ name }) => `[${name}](#${name})`)];
  const lines = features.map(({ id }) => row([`\`${id}\``, ...plugins.map(({ cells }) => SHORT[cells[id].value])]));
  return [row(head), row(head.map(() => "---")), ...lines].join("\n");
}

function section(plugin) {
  const rows = features.map(({ id }) => {
    const each = plugin.cells[id];
    return row([
      `\`${id}\``,
      SHORT[each.value],
      EFFECTS[each.effect],
      sureness(each),
      cell(each.source || "-"),
      cell(each.note || "-"),
    ]);
  });
  const dialects = plugin.dialects.length === 0 ? "none" : plugin.dialects.join(", ");
  return `## ${plugin.name}

${plugin.title}. Read: ${plugin.read}. Status: ${plugin.status}. Policies it knows: ${dialects}.

| feature | knows it | in the answer | how sure | source | note |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}

const page = `<!-- Written by scripts/plugins-doc.mjs from src/manifest/plugins/profiles.json. Do not edit. -->
# Network plugins

Kubernetes accepts every policy; the network plugin decides what of it is enforced. \`cni\` in the configuration (or \`--cni\`)
names the plugin of a cluster. Without it, a DaemonSet of a plugin in the tree or the policies of a plugin tell; else the
answers are those of the specification. Every report says which plugin was assumed and why, and lists each place in the
tree where that plugin does something else than the policy says.

Each cell was read in the plugin's source or documentation, at the commit that is named; none was run on a cluster.
\`?\` means that nobody read a source; it never means no, and changes no answer. A rule that a plugin narrows counts in
full, with a note: what is allowed at most is what counts for a protected path.

${matrix()}

| feature | what it is |
| --- | --- |
${features.map(({ id, text }) => row([`\`${id}\``, cell(text)])).join("\n")}

${plugins.map(section).join("\n")}`;

if (process.argv.includes("--print")) process.stdout.write(page);
else writeFileSync(new URL("docs/plugins.md", root), page);
