import fc from "fast-check";

/** Pieces of text that mean something to a shell, a runner, Markdown, HTML, YAML, a terminal or a reader. */
export const SHARP: readonly string[] = [
  ...["::error::x", "::set-output name=conclusion::success", "::add-mask::e", "::stop-commands::x", "##[error]x"],
  ...["\n::warning::x", "\r::error::x", "\r\n##[group]x", "%0A::error::x", "\u2028::error::x", "\u0085::error::x"],
  ...["\u001b[31m", "\u001b]8;;https://evil.example\u0007x", "\u0007", "\0", "\b\b\b"],
  ...["[x](https://evil.example)", "![x](https://evil.example/a.png)", "https://evil.example", "www.evil.example"],
  ...["<img src=x onerror=alert(1)>", "<script>x</script>", "</details>", "<!--", "-->", "&lt;b&gt;", "<a href=//e>"],
  ...["@everyone", "@acme/data", "#1", "GH-7", "acme/shop#12", "mailto:a@b.example", ":tada:", "$x$", "$`x`$"],
  ...["`", "``", "```", "~~~", "|", "\\|", "\\", "**", "~~", "### ", "> ", "- ", "1. ", "---", "==="],
  ...['```mermaid\ngraph TD;click A href "https://evil.example"\n```', "%%{init: {}}%%"],
  ...["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u{e0041}", "\u{1f600}", "\u0301", "\u3164"],
  ...['<!-- netpol-review {"v":1,"id":"0123456789abcdef","head":"x","truncated":false} -->'],
  ...["### ✅ netpol-review: check passes", "__proto__", "constructor", "toString", "hasOwnProperty"],
  ...["$(touch x)", "`touch x`", "; touch x", "| touch x", "--upload-pack=touch", "-c", "../../x", "/etc/passwd"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
  ...["${{ github.token }}", "{{ .Values.x }}", "%s%n", "a", "é", "名", " "],
];

/** Text of a few sharp pieces. */
export const sharpText = fc
  .array(fc.constantFrom(...SHARP), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(""));
