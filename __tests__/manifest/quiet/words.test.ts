import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { isPlainBlock } from "../../../src/manifest/blocks.ts";
import { type QuietFile, QuietReader } from "../../../src/manifest/quiet/file.ts";
import {
  dnsLabelFault,
  labelKeyFault,
  labelValueFault,
  portNameFault,
  subdomainFault,
} from "../../../src/manifest/syntax.ts";
import { resolvePlain } from "../../../src/manifest/yaml/scalar.ts";
import { objectsOf } from "./objects.ts";
import { QUIET } from "./texts.ts";

const reader = new QuietReader();
const quiet = (text: string): QuietFile | undefined => reader.read(Buffer.from(text));

/** A namespace of this name with a label. */
const home = (name: string, key = "k", value = "v"): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n  labels:\n    ${key}: ${value}\n`;
const account = (name: string, namespace = "ns"): string =>
  `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\n`;
const port = (name: string): string => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: p
  namespace: ns
spec:
  podSelector: {}
  ingress:
  - ports:
    - port: ${name}
`;
const LONG = "a".repeat(63);

describe("text without quotes in a quiet file", () => {
  const letters = fc.string({ unit: fc.constantFrom(...'aAyYnNoOtTrRuUeEsSfFlLxXiI0127_.-+~:/"'), maxLength: 7 });

  it("is text to the decoders, and a label", () => {
    let taken = 0;
    fc.assert(
      fc.property(letters, (value) => {
        if (quiet(home("ns", "k", value)) === undefined) return;
        taken++;
        if (value.startsWith('"')) expect(labelValueFault(value.slice(1, -1))).toBeUndefined();
        else expect([resolvePlain(value), labelValueFault(value)]).toEqual([value, undefined]);
      }),
      { numRuns: 20_000, seed: 7 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });

  it("is a key to the decoders, and one of a label", () => {
    let taken = 0;
    fc.assert(
      fc.property(letters, (key) => {
        if (quiet(home("ns", key)) === undefined) return;
        taken++;
        expect([resolvePlain(key), labelKeyFault(key)]).toEqual([key, undefined]);
      }),
      { numRuns: 20_000, seed: 7 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });

  it.each([
    "y",
    "N",
    "yes",
    "No",
    "on",
    "OFF",
    "true",
    "False",
    "NULL",
    "~",
    "1",
    "0x1f",
    "1e3",
    "1e-5",
    "1.5",
    "1_000",
    ".5",
  ])("may be no text: %s", (value) => {
    expect(quiet(home("ns", "k", value))).toBeUndefined();
    expect(quiet(home("ns", "k", `"${value === "~" ? "v" : value.replace(/^\./, "0.")}"`))).toBeDefined();
  });

  it.each(["yy", "not", "1.2.3", "v1", "10m", "e5f", "team_a", "nullable", "falsey"])("is text: %s", (value) =>
    expect(quiet(home("ns", "k", value))).toBeDefined(),
  );
});

describe("names in a quiet file are those that the API server takes", () => {
  const names = fc.string({ unit: fc.constantFrom(..."abz019-._A/"), minLength: 1, maxLength: 9 });
  const isText = (name: string) => resolvePlain(name) === name;

  it("of accounts, namespaces and ports", () => {
    const taken = { account: 0, namespace: 0, port: 0 };
    fc.assert(
      fc.property(names, (name) => {
        if (quiet(account(name)) !== undefined) {
          taken.account++;
          expect([isText(name), subdomainFault(name)]).toEqual([true, undefined]);
        } else if (/^[a-z]{2}/.test(name)) expect(subdomainFault(name)).toBeDefined();
        if (quiet(account("a", name)) !== undefined) {
          taken.namespace++;
          expect([isText(name), dnsLabelFault(name)]).toEqual([true, undefined]);
        } else if (/^[a-z]{2}/.test(name)) expect(dnsLabelFault(name)).toBeDefined();
        if (quiet(port(name)) !== undefined) {
          const isNumber = /^[1-9][0-9]*$/.test(name) && Number(name) <= 65_535;
          taken.port++;
          expect(isNumber || (isText(name) && portNameFault(name) === undefined)).toBe(true);
        } else if (/^[a-z]{2}/.test(name)) expect(portNameFault(name)).toBeDefined();
      }),
      { numRuns: 20_000, seed: 7 },
    );
    expect(Math.min(...Object.values(taken))).toBeGreaterThan(1_000);
  });

  it.each([
    ["a namespace", home(LONG), home(`${LONG}a`)],
    ["an account", account(`${LONG}.${LONG}.${LONG}.${"a".repeat(61)}`), account(`${LONG}.${LONG}.${LONG}.${LONG}`)],
    ["the value of a label", home("ns", "k", LONG), home("ns", "k", `${LONG}a`)],
    ["the key of a label", home("ns", `a.b/${LONG}`), home("ns", `a.b/${LONG}a`)],
    ["one prefix of a key", home("ns", "a/b"), home("ns", "a/b/c")],
    ["a prefix of a key that is a domain", home("ns", "a.b/c"), home("ns", "a..b/c")],
    ["a port's name", port("a".repeat(15)), port("a".repeat(16))],
    ["a port's name with one hyphen", port("a-b"), port("a--b")],
    ["a port's name with a letter", port("1z1"), port("1-1")],
    ["a port", port("65535"), port("65536")],
    ["a port that is not octal", port("80"), port("080")],
  ])("%s", (_, good, bad) => {
    expect(quiet(good)).toBeDefined();
    expect(quiet(bad)).toBeUndefined();
  });
});

describe("blocks of addresses in a quiet file", () => {
  const octet = fc.constantFrom("0", "1", "10", "127", "128", "192", "255", "256", "010", "");
  const cidr = fc
    .tuple(octet, octet, octet, octet, fc.constantFrom("0", "1", "8", "9", "16", "24", "31", "32", "33", "08", "", "x"))
    .map(([a, b, c, d, prefix]) => `${a}.${b}.${c}.${d}/${prefix}`);
  const usual = fc
    .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
    .map(([address, prefix]) => {
      const first = prefix === 0 ? 0 : (address & (-1 << (32 - prefix))) >>> 0;
      return `${first >>> 24}.${(first >>> 16) & 255}.${(first >>> 8) & 255}.${first & 255}/${prefix}`;
    });
  const anyBlock = fc.oneof(
    cidr,
    usual,
    fc.constantFrom("2001:db8::/32", "2001:db8::/64", "::/0", "2001:DB8::1/64", "a"),
  );
  const text = (block: string, except: readonly string[]) =>
    port("80").replace(
      "- ports:\n    - port: 80",
      `- from:\n    - ipBlock:\n        cidr: "${block}"\n        except: ${JSON.stringify(except)}`,
    );
  const holes = fc.array(fc.oneof(anyBlock, usual), { maxLength: 2 });

  it("are those that no API server minds, and all of them", () => {
    const taken = { yes: 0, no: 0 };
    fc.assert(
      fc.property(anyBlock, holes, (block, except) => {
        const rows = except.map((each) => `\n        - "${each}"`).join("");
        const file = quiet(text(block, except).replace(JSON.stringify(except), rows === "" ? "[]" : rows));
        expect([block, except, file !== undefined]).toEqual([block, except, isPlainBlock(block, except)]);
        taken[file === undefined ? "no" : "yes"]++;
      }),
      { numRuns: 20_000, seed: 7 },
    );
    expect(Math.min(taken.yes, taken.no)).toBeGreaterThan(1_000);
  });

  it.each([
    ["10.0.0.0/8", "10.255.0.0/16", true],
    ["10.0.0.0/8", "11.0.0.0/16", false],
    ["10.0.0.0/8", "10.0.0.0/8", false],
    ["0.0.0.0/0", "255.255.255.255/32", true],
    ["10.0.0.0/8", "2001:db8::/32", false],
  ])("%s may have the hole %s: %s", (block, hole, may) => {
    expect(quiet(text(block, []).replace("[]", `\n        - "${hole}"`)) !== undefined).toBe(may);
  });
});

describe("what nobody wants has to be valid", () => {
  const beside = (text: string) => quiet(account("a").concat(text));

  it.each([
    ["a comment", "x: a # b\n", "x: a #\x7f\n"],
    ["a hash in a word", "x: a#b\n", "x: a #b\n y\n"],
    ["a colon in a word", "x: a:b\n", "x: a: b\n"],
    ["a number as a key", "x:\n  123456789012345: a\n", "x:\n  12345678901234567890123: a\n"],
    ["no key that is null", "x:\n  nulls: a\n", "x:\n  null: a\n"],
    ["a text over lines", "x: |\n\n  a\n   b\n", "x: |\n    \n  a\n"],
    ["a list on a line", "x: [a, b c, {d: e}]\n", "x: [a}b]\n"],
    ["escapes", 'x: "a\\n"\n', 'x: "a\\x41"\n'],
    ["quotation marks", "x: 'it''s'\n", "x: 'it's'\n"],
    ["no infinity", "x: .o\n", "x: -.inf\n"],
    ["a dot", "x: .o\n", "x: .nan\n"],
    ["a dot in a list", "x: [.o]\n", "x: [.NaN]\n"],
    ["lines of one depth", "x:\n- a\n- b: c\n  d:\n", "x:\n- a\n - b\n"],
  ])("%s", (_, good, bad) => {
    expect(beside(good)).toBeDefined();
    expect(beside(bad)).toBeUndefined();
  });

  it("also in documents that nobody needs, as far as lines mean something", () => {
    const conf = "apiVersion: v1\nkind: ConfigMap\n";
    expect(quiet(`${conf}data:\n  kind: Pod\n# x\n\n`)).toMatchObject({ documents: 1, skipped: 1 });
    for (const line of ["kind: Pod", "apiVersion: v2", "kinds: x", "--- x", "- x", "? x", "{}"])
      expect([line, quiet(`${conf}data:\n${line}\n`)]).toEqual([line, undefined]);
  });

  it("ends in a line feed or not", () => {
    expect(quiet(account("a").trimEnd())?.documents).toBe(1);
    expect(quiet(`${account("a")}x: "a`)).toBeUndefined();
  });
});

describe("keys that are one to the decoders", () => {
  const spec = (text: string) => quiet(`${service}${text}`);
  const pod = QUIET.get("a Deployment, its Service, account and policies") ?? "";

  it("of a Service: given twice, or in two spellings", () => {
    expect(spec("  a: b\nstatus: {}\n")).toBeDefined();
    expect(spec("  a: b\nstatus: {}\nstatus: {}\n")).toBeUndefined();
    for (const [one, other] of [
      ["on", "true"],
      ["010", "8"],
      ["8", "0x8"],
    ])
      expect(spec(`  ${one}: a\n  ${other}: b\n`)).toBeUndefined();
  });

  it.each([
    ["a port", "          containerPort: 8080\n", "          hostPort: 1\n          hostPort: 1\n"],
    ["what a port says", "          containerPort: 8080\n", "          x: {a: b, a: c}\n"],
    ["an image", "        image: busybox\n", "        image: {a: b, a: c}\n"],
  ])("of %s", (_, after, twice) => {
    expect(pod).toContain(after);
    expect(quiet(pod.replace(after, `${after.startsWith("        image") ? "" : after}${twice}`))).toBeUndefined();
    const once = twice.split("\n").slice(1).join("\n");
    expect(quiet(pod.replace(after, `${after}${once}`))).toBeDefined();
  });

  it.each(["0x1e240", "0123456", "1.50000", "1e0000", "0b-101", "123456"])("of a label: %s", (key) => {
    expect(quiet(home("ns", key))).toBeUndefined();
  });
});

describe("a label whose text goes on", () => {
  it.each(["a#b", "a: b", "a b", "'a''b'", "a:"])("is left to the decoders: %s", (value) => {
    expect(quiet(home("ns", "k", value))).toBeUndefined();
  });
});

it("a namespace whose label says another name is none in order, wherever it stands", () => {
  const good = home("a1", "kubernetes.io/metadata.name", "a1");
  const bad = home("b1", "kubernetes.io/metadata.name", "a1");
  expect(quiet(`${good}---\n${home("b1")}`)?.declared).toBe("a1");
  expect(quiet(`${good}---\n${bad}`)).toBeUndefined();
  expect(quiet(`${bad}---\n${good}`)).toBeUndefined();
});

describe("the reader", () => {
  it("knows every text again, however many there are", () => {
    const own = new QuietReader();
    const name = (i: number) => `${"a".repeat(50)}${i}`;
    const files = Array.from({ length: 30_000 }, (_, i) => own.read(Buffer.from(account(name(i), `n${i % 7}`))));
    const [first, last] = [files[0], files.at(-1)];
    expect(first === undefined ? [] : objectsOf(first).map((each) => each.name)).toEqual([name(0)]);
    expect(last === undefined ? [] : objectsOf(last).map((each) => each.name)).toEqual([name(29_999)]);
    expect(new Set(files.flatMap((file) => file?.namespaces ?? [])).size).toBe(7);
  });

  it("tells texts of one hash apart", () => {
    const own = new QuietReader();
    const files = ["svc-842912", "svc-354843"].map((name) => own.read(Buffer.from(account(name))));
    const names = files.flatMap((file) => (file === undefined ? [] : objectsOf(file).map((each) => each.name)));
    expect(names).toEqual(["svc-842912", "svc-354843"]);
  });

  it("makes sure of the holes of a block that it knows", () => {
    const own = new QuietReader();
    const block = (rest: string) =>
      own.read(
        Buffer.from(`${port("80").replace("- ports:\n    - port: 80", `- from:\n    - ipBlock:\n        ${rest}`)}`),
      );
    expect(block("cidr: 10.0.0.0/8")).toBeDefined();
    expect(block("cidr: 10.0.0.0/8\n        except: []")).toBeDefined();
    expect(block("cidr: 10.0.0.0/8\n        except:\n        - 10.1.0.0/16")).toBeDefined();
    expect(block("cidr: 10.0.0.0/8\n        except:\n        - 11.0.0.0/16")).toBeUndefined();
  });

  it("goes on where the memory grew for a file that it gave up on", () => {
    const own = new QuietReader();
    const labels = (i: number) =>
      Array.from({ length: 200 }, (_, j) => `    ${`${"a".repeat(50)}.`.repeat(4)}b/k${i}-${j}: v\n`).join("");
    const large = (i: number) => home("ns").replace("    k: v\n", labels(i));
    const first = own.read(Buffer.from(account("early")));
    for (let i = 0; i < 60; i++) expect(own.read(Buffer.from(`${large(i)}---\nx\n`))).toBeUndefined();
    expect(own.read(Buffer.from(large(60)))).toBeDefined();
    expect(first === undefined ? [] : objectsOf(first).map((each) => each.name)).toEqual(["early"]);
  });

  it("gives up where somebody chose texts of one hash", () => {
    const own = new QuietReader();
    const names = collidingNames(260);
    const file = (from: number, to: number) =>
      own.read(
        Buffer.from(
          names
            .slice(from, to)
            .map((n) => account(n))
            .join("---\n"),
        ),
      );
    expect(file(0, 150)).toBeDefined();
    expect(file(150, 260)).toBeUndefined();
    expect(own.read(Buffer.from(account("other")))).toBeDefined();
  });

  it("forgets kinds that nobody needs, where there are very many", () => {
    const own = new QuietReader();
    for (let i = 0; i < 600; i++)
      expect(own.read(Buffer.from(`apiVersion: v1\nkind: Thing${i}\n---\n${account("a")}`))?.documents).toBe(2);
    const many = Array.from({ length: 190 }, (_, i) => `apiVersion: v1\nkind: Kind${i}\n`).join("---\n");
    expect(own.read(Buffer.from(many))).toBeUndefined();
    expect(own.read(Buffer.from(account("a")))).toBeDefined();
    expect(own.read(Buffer.from(`apiVersion: v1\nkind: ${"K".repeat(300)}\n`))).toBeUndefined();
  });

  it("tells nothing of a file that it gave up on", () => {
    const own = new QuietReader();
    const good = own.read(Buffer.from(account("a")));
    expect(own.read(Buffer.from(`${account("b")}---\n${account("B")}`))).toBeUndefined();
    const next = own.read(Buffer.from(account("c")));
    expect([good, next].map((file) => (file === undefined ? [] : objectsOf(file).map((each) => each.name)))).toEqual([
      ["a"],
      ["c"],
    ]);
  });

  it.each([
    ["more documents than it follows", `${"---\napiVersion: v1\nkind: ConfigMap\ndata:\n".repeat(201)}`],
    ["a megabyte", `apiVersion: v1\nkind: ConfigMap\ndata:\n  a: ${"x".repeat(1 << 20)}\n`],
    ["a zero", "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: \0\n"],
    ["a carriage return", "apiVersion: v1\nkind: ConfigMap\r\n"],
    ["nothing", ""],
    ["nothing but comments", "# a\n\n---\n"],
    ["half a head", "apiVersion: v1"],
    ["a value that nests deeper than it follows", account("a").concat("x:\n", nested(90))],
    ["more keys of one Service than it compares", `${service}${keys(300)}`],
  ])("gives up on %s", (_, text) => {
    expect(quiet(text)).toBeUndefined();
  });

  it("follows as much", () => {
    expect(quiet(account("a").concat("x:\n", nested(40)))).toBeDefined();
    expect(quiet(`${service}${keys(200)}`)).toBeDefined();
    expect(quiet("---\napiVersion: v1\nkind: ConfigMap\ndata:\n".repeat(200))?.documents).toBe(200);
  });

  it("reads nothing where the machine cannot run the walk", () => {
    vi.stubGlobal("WebAssembly", undefined);
    try {
      expect(new QuietReader().read(Buffer.from(account("a")))).toBeUndefined();
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

/** Names of eight letters with one hash: the second half of each leads from where the first half led to one place. */
function collidingNames(count: number): readonly string[] {
  const signs = "ghijklmnopqrstuvwxyz0123456789abcdef";
  const names: string[] = [];
  const rotated = (x: number, by: number) => ((x << by) | (x >>> (32 - by))) >>> 0;
  const step = (hash: number, word: number) =>
    Math.imul(rotated((hash ^ Math.imul(word, MIX)) >>> 0, 13), SPREAD) >>> 0;
  const start = Math.imul(8, LENGTHS) >>> 0;
  const goal = rotated(Math.imul(0x12345678, inverse(SPREAD)) >>> 0, 32 - 13);
  for (let i = 0; names.length < count; i++) {
    const first = [3, 2, 1, 0].map((j) => signs[Math.floor(i / 36 ** j) % 36] ?? "").join("");
    const middle = step(start, Buffer.from(first).readUInt32LE());
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(Math.imul((middle ^ goal) >>> 0, inverse(MIX)) >>> 0);
    const second = bytes.toString("latin1");
    if (/^[a-z0-9]{4}$/.test(second)) names.push(`${first}${second}`);
  }
  return names;
}

/** The odd numbers of `assembly/texts.ts`. */
const MIX = 0x85ebca77;
const SPREAD = 0xc2b2ae3d;
const LENGTHS = 0x9e3779b1;

/** Modulo 2³², by Newton's method. */
function inverse(odd: number): number {
  let found = odd;
  for (let i = 0; i < 5; i++) found = Math.imul(found, 2 - Math.imul(odd, found));
  return found >>> 0;
}

const service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  namespace: ns\nspec:\n";

function keys(count: number): string {
  return Array.from({ length: count }, (_, i) => `  k${i}: v\n`).join("");
}

function nested(levels: number): string {
  return Array.from({ length: levels }, (_, i) => `${" ".repeat(i + 1)}a:${i === levels - 1 ? " b" : ""}\n`).join("");
}
