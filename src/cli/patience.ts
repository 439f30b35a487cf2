import { setFlagsFromString } from "node:v8";

/** Files from which on it pays. */
const MANY = 300;

/**
 * Has V8 wait longer before it optimises a function. That of Node 20 does so early that a run of half a second pays for
 * much code that is soon done; later ones choose better by themselves.
 */
export function optimiseLater(files: number): void {
  if (files >= MANY && process.versions.v8.startsWith("11.")) setFlagsFromString("--interrupt-budget=300000");
}
