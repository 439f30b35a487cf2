/** How much of a file is read; the names are those of the configuration's `limits:`. */
export type Limits = {
  readonly fileBytes: number;
  readonly documents: number;
  /** Per document. */
  readonly aliases: number;
  /** Of lists and mappings in each other. */
  readonly depth: number;
};

/** The limits that hold where the configuration names none. */
export const DEFAULT_LIMITS: Limits = { fileBytes: 20_000_000, documents: 20_000, aliases: 100, depth: 200 };
