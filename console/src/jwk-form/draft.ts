// What the form of a JWK holds while it is filled in. It lives in the page's memory alone: it may be a private key.

import type { KeyIdType, UseType } from '../../../clients/typescript/src/index.ts';
import type { KeyTypeName } from '../../../src/jose/key-types.ts';

export type FormSource = 'GENERATE' | 'URL' | 'COPY_PASTE' | 'CERTIFICATE' | 'KEY' | 'KEYSTORE';

export interface Draft {
  readonly name: string;
  readonly description: string;
  readonly source: FormSource;
  readonly kid: string;
  readonly url: string;
  readonly refreshInterval: string;
  readonly urlOptionConnectTimeout: string;
  readonly urlOptionReadTimeout: string;
  readonly urlOptionSizeLimit: string;
  readonly jwkStr: string;
  /** Of the certificate, key or keystore. */
  readonly materialName: string;
  readonly environmentName: string;
  readonly aliasName: string;
  /** What of a stored key is taken. */
  readonly keySource: 'PUBLIC_KEY' | 'PRIVATE_KEY';
  /** Empty: the first that fits. */
  readonly useType: UseType | '';
  readonly algorithm: string;
  readonly type: KeyTypeName;
  /** Bits, or the name of a curve as Generate JWK takes it. */
  readonly variant: string;
  readonly keyIdType: KeyIdType;
  readonly notBeforeTime: string;
  readonly expirationTime: string;
}

export const emptyDraft: Draft = {
  name: '',
  description: '',
  source: 'GENERATE',
  kid: '',
  url: '',
  refreshInterval: '',
  urlOptionConnectTimeout: '',
  urlOptionReadTimeout: '',
  urlOptionSizeLimit: '',
  jwkStr: '',
  materialName: '',
  environmentName: '',
  aliasName: '',
  keySource: 'PRIVATE_KEY',
  useType: '',
  algorithm: '',
  type: 'RSA',
  variant: '3072',
  keyIdType: 'SHA256',
  notBeforeTime: '',
  expirationTime: '',
};

export type SetDraft = (changes: Partial<Draft>) => void;

/** What every part of the form is given. */
export interface FormPartProps {
  readonly projectName: string;
  readonly draft: Draft;
  readonly set: SetDraft;
  /** What the server refused about a field. */
  readonly errorOf: (field: FormField) => string | undefined;
}

export type FormField =
  | Exclude<keyof Draft, 'source' | 'type'>
  /** Whose words name it, beside what was typed. */
  | 'source';
