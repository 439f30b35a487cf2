import { describe, expect, it } from "vitest";
import { progressOf } from "../../src/cli/progress.ts";

function watch(isTTY: boolean, quiet: boolean) {
  const written: string[] = [];
  let time = 0;
  const write = (text: unknown) => {
    written.push(String(text));
    return true;
  };
  const show = progressOf({ quiet }, { isTTY, write }, () => time);
  return { written, show, wait: (ms: number) => (time += ms) };
}

describe("the progress line", () => {
  it("appears on a terminal after half a second, and goes away", () => {
    const { written, show, wait } = watch(true, false);
    show("reading manifests");
    expect(written).toEqual([]);
    wait(600);
    show("comparing flows");
    show("");
    show("");
    expect(written).toEqual(["\r\u001b[Knetpol-review: comparing flows …", "\r\u001b[K"]);
  });

  it.each([
    [false, false],
    [true, true],
  ])("is silent where nobody watches or wants it (terminal %s, quiet %s)", (isTTY, quiet) => {
    const { written, show, wait } = watch(isTTY, quiet);
    wait(600);
    show("comparing flows");
    show("");
    expect(written).toEqual([]);
  });
});
