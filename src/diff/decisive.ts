/** The differences that matter, and whether each of them does so by itself. */
export type Decisive<T> = {
  readonly differences: readonly T[];
  /**
   * `necessary`: without any one of them the answer is base's. `sufficient`: each alone makes it head's, so that only
   * without all of them it is base's. `joint`: only all of them together.
   */
  readonly mode: "necessary" | "sufficient" | "joint";
};

/**
 * Which of `differences` make head's answer differ from base's. `isBase` tells whether the answer is base's once some
 * of them are as base has them; it is for all of them, and is not for none.
 */
export function decisive<T>(
  differences: readonly T[],
  isBase: (reverted: readonly T[]) => boolean,
): Decisive<T> | undefined {
  if (differences.length === 0) return undefined;
  const necessary = differences.filter((each) => isBase([each]));
  if (necessary.length > 0) return { differences: necessary, mode: "necessary" };
  const sufficient = differences.filter((each) => !isBase(differences.filter((other) => other !== each)));
  if (sufficient.length > 0 && isBase(sufficient)) return { differences: sufficient, mode: "sufficient" };
  let joint = differences;
  if (!isBase(joint)) return undefined;
  for (const each of differences) {
    const rest = joint.filter((other) => other !== each);
    if (isBase(rest)) joint = rest;
  }
  return { differences: joint, mode: "joint" };
}
