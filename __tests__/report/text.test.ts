import stringWidth from "fast-string-width";
import { describe, expect, it } from "vitest";
import { buildExplain, formatExplainText } from "../../src/report/explain.ts";
import { formatText } from "../../src/report/text.ts";
import { ALL } from "../../src/sets/conn.ts";
import { cause, tcp } from "./fixtures.ts";
import { STORIES, story } from "./stories.ts";

const style = { color: false, width: undefined };

describe("a text reads as the golden file of its story", () => {
  for (const name of STORIES.keys()) {
    if (name.startsWith("large")) continue;
    it(name, async () => {
      await expect(formatText(story(name), style)).toMatchFileSnapshot(`golden/${name}.txt`);
    });
  }
});

describe("a text on a narrow terminal", () => {
  it.each([40, 60, 80, 100])("keeps its sentences within %d columns", (width) => {
    const lines = formatText(story("opened-and-closed"), { color: false, width }).split("\n");
    const wide = lines.filter((line) => stringWidth(line) > width);
    expect(wide.filter((line) => line.trim().includes(" ") && !line.startsWith("    "))).toEqual([]);
  });

  it("writes a row as one sentence where its columns do not fit", async () => {
    const text = formatText(story("opened-to-every-namespace"), { color: false, width: 48 });
    expect(text).toContain("  opened: any pod in the cluster =>");
    await expect(text).toMatchFileSnapshot("golden/narrow.txt");
  });
});

describe("colour", () => {
  it("repeats what the words say and adds none", () => {
    const colored = formatText(story("opened-and-closed"), { color: true, width: 100 });
    expect(colored).toContain("\u001b[");
    expect(colored.replace(/\u001b\[[\d;]*m/g, "")).toBe(
      formatText(story("opened-and-closed"), { color: false, width: 100 }),
    );
  });
});

describe("an explanation", () => {
  const allowed = { allowed: true, selecting: [], causes: [cause({ text: "allows" })], text: "" };
  const byDefault = {
    allowed: true,
    selecting: [],
    causes: [],
    text: "no policy has a say about this egress: allowed by default",
  };
  const isolated = {
    allowed: false,
    selecting: [],
    causes: [cause({ kind: "policy", rule: "", text: "isolates" })],
    text: "",
  };
  const report = buildExplain({
    src: "production/web[Deployment]",
    dst: "production/db[StatefulSet]",
    parts: [
      { conn: tcp(3306), head: { allowed: true, egress: byDefault, ingress: allowed }, base: undefined, fix: "" },
      {
        conn: tcp(80),
        head: { allowed: false, egress: byDefault, ingress: isolated },
        base: undefined,
        fix: "ingress: add to NetworkPolicy:\n  - from:",
      },
    ],
    universe: ALL,
    assumptions: [],
    issues: [],
  });

  it("names for each part what decided it at each end, and what would allow it", () => {
    expect(formatExplainText(report, style)).toBe(
      [
        "production/web[Deployment] => production/db[StatefulSet] : TCP 3306 allowed",
        "  egress: no policy has a say about this egress: allowed by default",
        "  ingress: k8s/production/db.yaml:14: ingress[0] of NetworkPolicy production/db allows it.",
        "",
        "production/web[Deployment] => production/db[StatefulSet] : TCP 80 blocked",
        "  egress: no policy has a say about this egress: allowed by default",
        "  ingress: k8s/production/db.yaml:14: NetworkPolicy production/db isolates it.",
        "  to allow it:",
        "    ingress: add to NetworkPolicy:",
        "      - from:",
        "",
      ].join("\n"),
    );
  });
});
