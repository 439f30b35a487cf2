import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const CACHE = resolve(import.meta.dirname, "../../node_modules/.cache/node24");
const PACKAGE = `node-${process.platform}-${process.arch}`;
const PROGRAM = join("node_modules", PACKAGE, "bin", "node");

let found: string | undefined;

/**
 * A Node 24, which is what GitHub runs the Action with: this one, the one that `NETPOL_NODE24` names, or the one that
 * npm has as a package. Without any of them the tests fail and say what is missing.
 */
export function node24(): string {
  found ??= find();
  return found;
}

function find(): string {
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  const named = process.env.NETPOL_NODE24;
  if (named !== undefined && named !== "") return checked(named);
  const cached = join(CACHE, PROGRAM);
  return checked(existsSync(cached) ? cached : install());
}

/** Two test files may install at the same time: the first to finish is kept. */
function install(): string {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, "install-"));
  const modules = join(CACHE, "node_modules");
  try {
    execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, `${PACKAGE}@24`], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
    });
    if (!existsSync(modules)) renameSync(join(folder, "node_modules"), modules);
  } catch (error) {
    if (!existsSync(join(CACHE, PROGRAM))) throw missing(error instanceof Error ? error.message : String(error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return join(CACHE, PROGRAM);
}

function checked(program: string): string {
  let version: string;
  try {
    version = execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
  } catch (error) {
    throw missing(`\`${program}\` does not run: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (Number(/^v(\d+)/.exec(version)?.[1]) >= 24) return program;
  throw missing(`\`${program}\` is ${version}`);
}

function missing(cause: string): Error {
  const ways = `run the tests with Node 24, name one in NETPOL_NODE24, or let npm install ${PACKAGE}@24`;
  return new Error(`the Action's tests need Node 24 or later: ${ways} (${cause})`);
}
