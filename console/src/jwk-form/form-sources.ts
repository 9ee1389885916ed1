// The list of sources in the form of a JWK. What else a source needs there is a compile error in request.ts and
// source-fields.tsx until they have it.

import type { SourceType } from '../../../clients/typescript/src/index.ts';

/** The form has one source for a stored key and asks for its private or public half. */
export type FormSource = Exclude<SourceType, 'PUBLIC_KEY' | 'PRIVATE_KEY'> | 'KEY';

/** Lists of a project with what a source is stored in first. */
export type MaterialPath = 'certificates' | 'keys' | 'keystores';

interface FormSourceRow {
  readonly label: string;
  readonly hint: string;
  /** The kid of a JWK for which none is given; null where the form asks how it is computed. */
  readonly defaultKid: string | null;
  /** Null where the form has the whole source. */
  readonly storedIn: MaterialPath | null;
}

export const formSourceRows = {
  GENERATE: {
    label: 'Generate',
    hint: 'Create a new key pair or secret',
    defaultKid: null,
    storedIn: null,
  },
  URL: {
    label: 'URL',
    hint: 'Fetch once or on a schedule',
    defaultKid: 'Default: the kid in the document',
    storedIn: null,
  },
  COPY_PASTE: {
    label: 'JWK or JWK Set',
    hint: 'Paste JSON or upload it',
    defaultKid: 'Default: the kid in the JWK, or its SHA-256 thumbprint',
    storedIn: null,
  },
  CERTIFICATE: {
    label: 'Certificate',
    hint: 'Public key with its chain',
    defaultKid: 'Default: the SHA-256 thumbprint of the key',
    storedIn: 'certificates',
  },
  KEY: {
    label: 'Key',
    hint: 'PEM or DER, private or public',
    defaultKid: 'Default: the SHA-256 thumbprint of the key',
    storedIn: 'keys',
  },
  KEYSTORE: {
    label: 'Keystore',
    hint: 'Pick a key from JKS or PKCS#12',
    defaultKid: 'Default: the alias',
    storedIn: 'keystores',
  },
} as const satisfies Readonly<Record<FormSource, FormSourceRow>>;

type Rows = typeof formSourceRows;

/** Sources that are stored in the project first. */
export type StoredFormSource = {
  [Source in FormSource]: Rows[Source]['storedIn'] extends null ? never : Source;
}[FormSource];

export const formSources = Object.keys(formSourceRows) as readonly FormSource[];

export function isStoredSource(source: FormSource): source is StoredFormSource {
  return formSourceRows[source].storedIn !== null;
}

/** The form's name for a source type of the API. */
export function formSourceOf(sourceType: SourceType): FormSource {
  return sourceType === 'PUBLIC_KEY' || sourceType === 'PRIVATE_KEY' ? 'KEY' : sourceType;
}
