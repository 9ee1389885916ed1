import type { SourceType } from '../../../clients/typescript/src/index.ts';

/** The form has one source for a stored key and asks for its private or public half. */
export type FormSource = Exclude<SourceType, 'PUBLIC_KEY' | 'PRIVATE_KEY'> | 'KEY';

/** Sources that are stored in the project first. */
export type StoredFormSource = Extract<FormSource, 'CERTIFICATE' | 'KEY' | 'KEYSTORE'>;

export const formSourceTexts: Readonly<
  Record<FormSource, { readonly label: string; readonly hint: string }>
> = {
  GENERATE: { label: 'Generate', hint: 'Create a new key pair or secret' },
  URL: { label: 'URL', hint: 'Fetch once or on a schedule' },
  COPY_PASTE: { label: 'JWK or JWK Set', hint: 'Paste JSON or upload it' },
  CERTIFICATE: { label: 'Certificate', hint: 'Public key with its chain' },
  KEY: { label: 'Key', hint: 'PEM or DER, private or public' },
  KEYSTORE: { label: 'Keystore', hint: 'Pick a key from JKS or PKCS#12' },
};

export const formSources = Object.keys(formSourceTexts) as readonly FormSource[];

export function isStoredSource(source: FormSource): source is StoredFormSource {
  return source === 'CERTIFICATE' || source === 'KEY' || source === 'KEYSTORE';
}

/** The form's name for a source type of the API. */
export function formSourceOf(sourceType: SourceType): FormSource {
  return sourceType === 'PUBLIC_KEY' || sourceType === 'PRIVATE_KEY' ? 'KEY' : sourceType;
}
