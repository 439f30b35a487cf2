// Makes docs/comment.png, the picture of the README, of docs/comment.md: Markdown → HTML → headless Chromium.
// `npx vitest run __tests__/docs/comment.test.ts -u` writes docs/comment.md by a real run of the Action first.
// Needs Chromium in PATH, or its program named in CHROMIUM (Debian: `apt-get install chromium fonts-noto-color-emoji`).
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { crc32 } from "node:zlib";
import { marked } from "marked";

const WIDTH = 900;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const source = readFileSync(path.join(root, "docs/comment.md"));
const target = path.join(root, "docs/comment.png");

const STYLE = `
  * { box-sizing: border-box }
  body { margin: 0; padding: 16px; background: #fff; color: #1f2328; font: 14px/1.5 "Noto Sans", "DejaVu Sans", Arial, sans-serif, "Noto Color Emoji" }
  .comment { border: 1px solid #d1d9e0; border-radius: 6px }
  .head { padding: 8px 16px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; color: #59636e }
  .head b { color: #1f2328 }
  .head span { margin-left: 6px; padding: 0 7px; border: 1px solid #d1d9e0; border-radius: 2em; font-size: 12px }
  .body { padding: 4px 16px 12px }
  h3 { margin: 12px 0; font-size: 17.5px }
  p { margin: 0 0 12px }
  a { color: #0969da }
  code { padding: .2em .4em; background: #eff1f3; border-radius: 6px; font: 12px "DejaVu Sans Mono", monospace }
  pre { margin: 0 0 12px; padding: 10px 16px; background: #f6f8fa; border-radius: 6px; line-height: 1.45 }
  pre code { padding: 0; background: none }
  .del, .ins { display: inline-block; width: 100% }
  .del { color: #82071e; background: #ffebe9 }
  .ins { color: #116329; background: #dafbe1 }
  table { margin: 0 0 12px; border-collapse: collapse }
  th, td { padding: 6px 13px; border: 1px solid #d1d9e0; text-align: left }
  summary { cursor: pointer } details { margin: 0 0 12px }
  sub { vertical-align: baseline; font-size: 12px; color: #59636e } sub code { font-size: 11px }
`;

const folder = mkdtempSync(path.join(tmpdir(), "netpol-picture-"));
try {
  const page = path.join(folder, "comment.html");
  writeFileSync(page, html(marked.parse(source.toString("utf8"), { gfm: true, breaks: true })));
  const height = Number(/<html[^>]* data-height="(\d+)"/.exec(chromium(page, "--dump-dom"))?.[1]);
  const shot = path.join(folder, "comment.png");
  chromium(page, `--screenshot=${shot}`, `--window-size=${WIDTH},${height}`, "--force-device-scale-factor=2");
  const sum = createHash("sha256").update(source).digest("hex");
  writeFileSync(target, withText(readFileSync(shot), `sha256 of comment.md: ${sum}`));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function chromium(page, ...parameters) {
  const usual = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    `--user-data-dir=${folder}/profile`,
  ];
  const size = [`--window-size=${WIDTH},400`, ...parameters];
  const program = process.env.CHROMIUM ?? "chromium";
  return execFileSync(program, [...usual, ...size, pathToFileURL(page).href], { encoding: "utf8", stdio: "pipe" });
}

function html(comment) {
  const colored = comment.replace(/<code class="language-diff">([\s\S]*?)<\/code>/g, (_, lines) => {
    const line = (text) =>
      /^[-+]/.test(text) ? `<span class="${text[0] === "-" ? "del" : "ins"}">${text}</span>` : text;
    return `<code>${lines.trimEnd().split("\n").map(line).join("\n")}</code>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><style>${STYLE}</style>
<div class="comment"><div class="head"><b>github-actions</b><span>bot</span> commented</div><div class="body">${colored}</div></div>
<script>document.documentElement.dataset.height = Math.ceil(document.querySelector(".comment").getBoundingClientRect().height + 32)</script></html>`;
}

/** A PNG with one text chunk after its header: what the picture was made of. */
function withText(png, text) {
  const body = Buffer.concat([Buffer.from("tEXtComment\0"), Buffer.from(text, "latin1")]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  const afterHeader = 8 + 25;
  return Buffer.concat([png.subarray(0, afterHeader), chunk, png.subarray(afterHeader)]);
}
