import { describe, expect, it } from "vitest";
import { coversPods } from "../../src/manifest/blocks.ts";
import type { Action } from "../../src/model/policy.ts";
import { parseCidr } from "../../src/sets/address-text.ts";
import { type AddressSet, NO_ADDRESS, subtractAddresses, unionAddresses } from "../../src/sets/addresses.ts";
import { CONTEXT } from "./context.ts";

const AT = { file: "a.yaml", line: 1 };

/** `10.0.0.0/8,::/0 - 10.1.0.0/16` as a set. */
function set(text: string): AddressSet {
  const [whole = "", less = ""] = text.split(" - ");
  const blocks = (list: string) =>
    list
      .split(",")
      .map((cidr) => parseCidr(cidr)?.set ?? NO_ADDRESS)
      .reduce(unionAddresses, NO_ADDRESS);
  return subtractAddresses(blocks(whole), blocks(less));
}

function cover(block: string, action: Action, podCidrs = "", blocksMatchPods = true): string {
  const context = { ...CONTEXT, blocksMatchPods, options: { ...CONTEXT.options, podCidrs: set(podCidrs) } };
  const { pods, assumption } = coversPods(set(block), action, AT, context);
  return `${pods ? "pods" : "outside"}${assumption === undefined ? "" : " assumed"}`;
}

describe("whether an address block holds pods", () => {
  it("without podCIDRs a block that holds a whole private range does", () => {
    for (const block of [
      "0.0.0.0/0",
      "0.0.0.0/0 - 169.254.169.254/32",
      "10.0.0.0/8",
      "172.16.0.0/12",
      "192.0.0.0/8",
      "100.64.0.0/10",
      "::/0",
      "fc00::/7",
    ]) {
      expect([block, cover(block, "allow")]).toEqual([block, "pods"]);
    }
  });

  it("without podCIDRs a smaller private block does not, which is assumed", () => {
    for (const block of ["10.1.0.0/16", "10.0.0.0/8 - 10.244.0.0/16", "fd00::/8"]) {
      expect([block, cover(block, "allow")]).toEqual([block, "outside assumed"]);
      expect([block, cover(block, "deny")]).toEqual([block, "outside assumed"]);
    }
  });

  it("a public block holds no pods, and nothing is assumed", () => {
    expect(cover("8.8.8.0/24", "allow")).toBe("outside");
    expect(cover("2001:db8::/32", "deny")).toBe("outside");
  });

  it("podCIDRs decide where they are configured: all, none, or a part of the pods", () => {
    expect(cover("10.0.0.0/8", "allow", "10.244.0.0/16")).toBe("pods");
    expect(cover("10.244.0.0/16", "deny", "10.244.0.0/16")).toBe("pods");
    expect(cover("0.0.0.0/0 - 10.244.0.0/16", "allow", "10.244.0.0/16")).toBe("outside");
    expect(cover("192.168.0.0/16", "deny", "10.244.0.0/16")).toBe("outside");
    expect(cover("10.244.1.0/24", "allow", "10.244.0.0/16")).toBe("pods assumed");
    expect(cover("10.244.1.0/24", "deny", "10.244.0.0/16")).toBe("outside assumed");
    expect(cover("10.244.1.0/24", "pass", "10.244.0.0/16")).toBe("outside assumed");
  });

  it("with pods of two families a block of one allows them, and denies them only together with the other", () => {
    const both = "10.244.0.0/16,fd00:1::/48";
    expect(cover("0.0.0.0/0", "allow", both)).toBe("pods");
    expect(cover("0.0.0.0/0", "deny", both)).toBe("outside assumed");
    expect(cover("0.0.0.0/0,::/0", "deny", both)).toBe("pods");
  });

  it("with external-only no block holds pods", () => {
    expect(cover("0.0.0.0/0", "allow", "", false)).toBe("outside");
    expect(cover("10.244.0.0/16", "deny", "10.244.0.0/16", false)).toBe("outside");
  });
});
