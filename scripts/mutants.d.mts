/** One deliberate fault: the rule that it breaks, and what it replaces where. `line` is that of `mutants.txt`. */
export type Mutant = {
  readonly line: number;
  readonly file: string;
  readonly rule: string;
  readonly find: string;
  readonly replacement: string;
};

export function readMutants(root: string): readonly Mutant[];
export function mutate(text: string, mutant: Mutant): string;
