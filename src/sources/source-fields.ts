// The one list of what a request says to a source, in the order of the documentation. The request, its schema and
// description, the texts of missing fields and what a JWK remembers of its request come from it.

interface SourceFieldRow {
  readonly kind: 'text' | 'whole';
  /** What the text of a missing field calls it. */
  readonly word?: string;
  readonly description: string;
  /** What it means to sources that do not require it, where some do. */
  readonly otherwise?: string;
  /** Kept with the JWK, so that it can be made again. */
  readonly isKept?: true;
}

const fields = {
  url: { kind: 'text', word: 'URL', description: 'http or https address of a JWK or a JWK Set' },
  urlOptionConnectTimeout: {
    kind: 'whole',
    description: 'Milliseconds for getting connected, 1 to 60000, default 5000',
    isKept: true,
  },
  urlOptionReadTimeout: {
    kind: 'whole',
    description: 'Milliseconds for the whole answer, 1 to 60000, default 10000',
    isKept: true,
  },
  urlOptionSizeLimit: {
    kind: 'whole',
    description: 'Bytes of the answer at the most, 1 to 10485760, default 1048576',
    isKept: true,
  },
  jwkStr: { kind: 'text', word: 'JWK string', description: 'A JWK or a JWK Set as JSON text' },
  certificateName: { kind: 'text', word: 'Certificate name', description: 'A certificate of the project' },
  keyName: { kind: 'text', word: 'Key name', description: 'A key of the project' },
  keyStoreName: { kind: 'text', word: 'Keystore name', description: 'A keystore of the project' },
  environmentName: {
    kind: 'text',
    word: 'Environment name',
    description: 'The environment whose material is taken',
    isKept: true,
  },
  aliasName: { kind: 'text', word: 'Alias name', description: 'The alias of the entry', isKept: true },
  useType: {
    kind: 'text',
    word: 'Use type',
    description: 'SIGNATURE or ENCRYPTION',
    otherwise: 'for a key that has no `use` of its own',
  },
  algorithm: {
    kind: 'text',
    word: 'Algorithm',
    description: 'What the key is for, such as RS256',
    otherwise: 'for a key that has no `alg` of its own',
  },
  kid: {
    kind: 'text',
    description: 'Selects a key of a JWK Set, or names a key that has no kid of its own',
    isKept: true,
  },
  refreshInterval: {
    kind: 'text',
    description: 'ISO 8601 duration, PT1M to P30D, after which the URL is looked at again',
  },
} as const satisfies Record<string, SourceFieldRow>;

export type SourceField = keyof typeof fields;
/** Fields that are numbers. */
export type WholeField = {
  [Field in SourceField]: (typeof fields)[Field]['kind'] extends 'whole' ? Field : never;
}[SourceField];

export const sourceFieldNames: readonly SourceField[] = Object.freeze(Object.keys(fields) as SourceField[]);

export function sourceField(name: SourceField): SourceFieldRow {
  return fields[name];
}
