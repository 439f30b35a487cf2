import { describe, expect, it } from "vitest";
import { readInputs } from "../../src/github/inputs.ts";

describe("the Action's inputs", () => {
  it("have their defaults where nothing is given", () => {
    expect(readInputs({})).toEqual({
      paths: [],
      config: ".github/netpol-review.yml",
      configIsTyped: false,
      mode: "enforce",
      comment: "changes",
      cluster: "",
      base: undefined,
      head: undefined,
      render: "auto",
      token: "",
      matrix: "",
    });
  });

  it("paths are one a line", () => {
    expect(readInputs({ INPUT_PATHS: "k8s/**\r\n\n  charts/app \n" }).paths).toEqual(["k8s/**", "charts/app"]);
  });

  it("a configuration that somebody typed is told apart from the default", () => {
    expect(readInputs({ INPUT_CONFIG: ".github/netpol-review.yml" }).configIsTyped).toBe(false);
    expect(readInputs({ INPUT_CONFIG: "acme/rules/netpol.yml@v1" })).toMatchObject({
      configIsTyped: true,
      config: "acme/rules/netpol.yml@v1",
    });
  });

  it.each([
    ["INPUT_MODE", "Warn", "input `mode` is `Warn`, not one of `enforce`, `warn`"],
    ["INPUT_COMMENT", "yes", "input `comment` is `yes`, not one of `always`, `changes`, `findings`, `never`"],
    ["INPUT_RENDER", "on", "input `render` is `on`, not one of `auto`, `never`"],
    ["INPUT_BASE", "--upload-pack=x", "input `base` is `--upload-pack=x`, which is neither a ref nor a directory"],
    ["INPUT_HEAD", "a\nb", "which is neither a ref nor a directory"],
  ])("%s=%s is an error that names input and value", (name, value, message) => {
    expect(() => readInputs({ [name]: value })).toThrow(message);
  });

  it.each(["mode", "comment", "render"])("an empty %s means its default", (name) => {
    expect(readInputs({ [`INPUT_${name.toUpperCase()}`]: " " })).toEqual(readInputs({}));
  });
});
