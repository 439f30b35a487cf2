/** One fault as ajv tells it: where in the data, which keyword of which schema, with what parameters. */
export type SchemaFault = {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The key itself, where it is the key that does not fit. */
  readonly propertyName?: string;
  /** The schema that holds the keyword. */
  readonly parentSchema?: {
    readonly description?: string;
    readonly properties?: Readonly<Record<string, unknown>>;
  };
};

/** True where `data` fits config.schema.json; else `validate.errors` says why. */
export const validate: { (data: unknown): boolean; errors?: readonly SchemaFault[] | null };
