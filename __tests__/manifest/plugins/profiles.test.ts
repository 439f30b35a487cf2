import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import {
  enforces,
  FEATURES,
  matchesPods,
  PLUGIN_NAMES,
  PROFILES,
  profileNamed,
} from "../../../src/manifest/plugins/profiles.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

describe("the plugins' profiles", () => {
  test("thirteen plugins are known, each once and by its name", () => {
    expect(PLUGIN_NAMES).toHaveLength(13);
    expect(new Set(PLUGIN_NAMES).size).toBe(13);
    for (const profile of PROFILES) expect(profileNamed(profile.name)).toBe(profile);
    expect(profileNamed("__proto__")).toBeUndefined();
  });

  test("a cell without a source is unknown and changes no answer", () => {
    for (const { name, cells } of PROFILES) {
      for (const feature of FEATURES) {
        const { value, effect, source } = cells[feature];
        const where = `${name} ${feature}`;
        expect([where, source === ""]).toEqual([where, value === "unknown"]);
        if (value === "unknown") expect([where, effect]).toEqual([where, "unknown"]);
        if (value === "yes" && feature !== "host-network-peers") expect([where, effect]).toEqual([where, "none"]);
      }
    }
  });

  test("a cell whose effect is not what the API says names why", () => {
    const bare = PROFILES.flatMap(({ name, cells }) =>
      FEATURES.filter((feature) => {
        const { effect, note } = cells[feature];
        return (effect === "policy-rejected" || effect.startsWith("widen") || effect === "first-port") && note === "";
      }).map((feature) => `${name} ${feature}`),
    );
    expect(bare).toEqual(["romana end-port"]);
  });

  test.each([
    ["flannel", false],
    ["romana", true],
    ["calico", true],
  ])("%s enforces something: %s", (name, expected) => {
    const profile = profileNamed(name);
    expect(profile && enforces(profile)).toBe(expected);
  });

  test("blocks match no pods under Cilium, and do under Calico", () => {
    expect([profileNamed("cilium"), profileNamed("calico")].map((each) => each && matchesPods(each))).toEqual([
      false,
      true,
    ]);
  });

  test("docs/plugins.md is what the data say", () => {
    const page = execFileSync(process.execPath, [join(ROOT, "scripts/plugins-doc.mjs"), "--print"], {
      encoding: "utf8",
    });
    expect(readFileSync(join(ROOT, "docs/plugins.md"), "utf8")).toBe(page);
  });
});
