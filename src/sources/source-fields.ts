// The list of a source's request members, in the order of the documentation. The request, its schema and
// description, the texts of missing fields and what a JWK remembers of its request come from it.

interface SourceFieldRow {
  /** `name`: of something that the project has. `whole`: a number within the limits of a fetch. */
  readonly kind: 'text' | 'name' | 'useType' | 'algorithm' | 'whole';
  readonly limit?: 'connectTimeoutMs' | 'readTimeoutMs' | 'sizeLimitBytes';
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
    limit: 'connectTimeoutMs',
    description: 'Milliseconds for the connection',
    isKept: true,
  },
  urlOptionReadTimeout: {
    kind: 'whole',
    limit: 'readTimeoutMs',
    description: 'Milliseconds for the whole response',
    isKept: true,
  },
  urlOptionSizeLimit: {
    kind: 'whole',
    limit: 'sizeLimitBytes',
    description: 'Bytes of the response at most',
    isKept: true,
  },
  jwkStr: { kind: 'text', word: 'JWK string', description: 'A JWK or a JWK Set as JSON text' },
  certificateName: { kind: 'name', word: 'Certificate name', description: 'A certificate of the project' },
  keyName: { kind: 'name', word: 'Key name', description: 'A key of the project' },
  keyStoreName: { kind: 'name', word: 'Keystore name', description: 'A keystore of the project' },
  environmentName: {
    kind: 'name',
    word: 'Environment name',
    description: 'The environment whose material is taken',
    isKept: true,
  },
  aliasName: { kind: 'text', word: 'Alias name', description: 'The alias of the entry', isKept: true },
  useType: {
    kind: 'useType',
    word: 'Use type',
    description: 'What the key is for',
    otherwise: 'for a key without `use`',
  },
  algorithm: {
    kind: 'algorithm',
    word: 'Algorithm',
    description: 'What the key is used with, such as RS256',
    otherwise: 'for a key without `alg`',
  },
  kid: {
    kind: 'text',
    description: 'Selects a key of a JWK Set, or names a key without a kid',
    isKept: true,
  },
  refreshInterval: {
    kind: 'text',
    description:
      'ISO 8601 duration, PT1M to P30D: the JWK follows the URL, which is fetched again this often',
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
