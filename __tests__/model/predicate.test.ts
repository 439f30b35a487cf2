import { describe, expect, it } from "vitest";
import type { Endpoint, Pod } from "../../src/model/endpoint.ts";
import { and, coversName, holds, NOTHING, or, PODS, type Predicate } from "../../src/model/predicate.ts";
import { parseCidr } from "../../src/sets/address-text.ts";
import { type AddressSet, ALL_ADDRESSES, ALL_V4, ALL_V6, NO_ADDRESS } from "../../src/sets/addresses.ts";

const POD: Pod = {
  namespace: "shop",
  labels: new Map([["app", "web"]]),
  namespaceLabels: new Map([["team", "a"]]),
  serviceAccount: "runner",
  serviceAccountLabels: new Map([["role", "r"]]),
  ports: [],
  hostNetwork: false,
};
const pod: Endpoint = { kind: "pod", pod: POD };
const onNode: Endpoint = { kind: "pod", pod: { ...POD, hostNetwork: true } };
const name: Endpoint = { kind: "fqdn", pattern: "api.example.com" };
const block: AddressSet = parseCidr("10.0.0.0/8")?.set ?? NO_ADDRESS;
const has = (op: "podLabels" | "namespaceLabels" | "serviceAccountLabels", key: string): Predicate => ({
  op,
  requirement: { key, operator: "Exists", values: [] },
});

describe("an atom about pods", () => {
  it.each<[string, Predicate]>([
    ["pods", PODS],
    ["the namespace", { op: "namespace", name: "shop" }],
    ["labels of the pod", has("podLabels", "app")],
    ["labels of the namespace", has("namespaceLabels", "team")],
    ["the service account", { op: "serviceAccount", names: ["other", "runner"] }],
    ["labels of the service account", has("serviceAccountLabels", "role")],
    ["a block that holds pods", { op: "addresses", set: block, pods: true }],
  ])("%s holds of a pod with an address of its own, and not of one in its node's network", (_, predicate) => {
    expect(holds(predicate, pod)).toBe(true);
    expect(holds(predicate, onNode)).toBe(false);
  });

  it("labels of one thing are no labels of another", () => {
    expect(holds(has("podLabels", "team"), pod)).toBe(false);
    expect(holds(has("namespaceLabels", "app"), pod)).toBe(false);
    expect(holds(has("serviceAccountLabels", "app"), pod)).toBe(false);
    expect(holds({ op: "addresses", set: block, pods: false }, pod)).toBe(false);
  });
});

describe("a name outside the cluster", () => {
  it.each([
    ["all of IPv4", ALL_V4, true],
    ["all of IPv6", ALL_V6, true],
    ["every address", ALL_ADDRESSES, true],
    ["a block", block, false],
  ])("is held by %s: %s", (_, set, expected) => {
    expect(holds({ op: "addresses", set, pods: false }, name)).toBe(expected);
  });

  it.each([
    ["*", "a.b.example.com", true],
    ["*", "**.example.com", true],
    ["*.example.com", "api.example.com", true],
    ["*.example.com", "a.b.example.com", false],
    ["*.example.com", "example.com", false],
    ["api-*.example.com", "api-1.example.com", true],
    ["**.example.com", "a.example.com", true],
    ["**.example.com", "a.b.c.example.com", true],
    ["**.example.com", "xexample.com", false],
    ["a.example.com", "a-example.com", false],
    ["*.example.com", "a.example-com", false],
  ])("%s covers %s: %s", (outer, inner, expected) => {
    expect(coversName(outer, inner)).toBe(expected);
  });
});

describe("and, or", () => {
  it("nothing makes a conjunction nothing, and is left out of a choice", () => {
    expect(and(PODS, NOTHING)).toBe(NOTHING);
    expect(or(PODS, NOTHING)).toBe(PODS);
  });
});
