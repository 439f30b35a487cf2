import { chmodSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../tree/repo.ts";

/** A program that must never run, and the way to know whether it did. */
export type Trap = {
  /** Absolute path of the program; every name in its folder is such a program. */
  readonly program: string;
  /** Folder of programs that are called like those that we use. */
  readonly folder: string;
  /** What was started. */
  readonly sprung: () => readonly string[];
};

const NAMES = ["trap", "git", "kustomize", "kubectl", "helm", "node", "ssh", "git-remote-evil", "sh", "less"] as const;

/** Lays traps below a new folder. */
export function layTrap(): Trap {
  const script = '#!/bin/sh\n: > "$0.sprung"\nexit 1\n';
  const folder = makeFolder(Object.fromEntries(NAMES.map((name) => [name, script])));
  for (const name of NAMES) chmodSync(join(folder, name), 0o755);
  return {
    program: join(folder, "trap"),
    folder,
    sprung: () => (existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".sprung")) : ["removed"]),
  };
}
