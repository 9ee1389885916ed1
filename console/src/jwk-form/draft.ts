// What the form of a JWK holds while it is filled in. It lives in the page's memory alone: it may be a private key.

import type { KeyIdType, UseType } from '../../../clients/typescript/src/index.ts';
import type { KeyTypeName } from '../../../src/jose/key-types.ts';
import type { Quantity } from '../quantity/quantity.ts';
import type { FormSource } from './form-sources.ts';

export interface Draft {
  readonly name: string;
  readonly description: string;
  readonly source: FormSource;
  readonly kid: string;
  readonly url: string;
  /** Whether the URL is fetched on a schedule. */
  readonly follows: boolean;
  readonly refreshInterval: Quantity;
  readonly urlOptionConnectTimeout: Quantity;
  readonly urlOptionReadTimeout: Quantity;
  readonly urlOptionSizeLimit: Quantity;
  readonly jwkStr: string;
  /** Of the certificate, key or keystore. */
  readonly materialName: string;
  readonly environmentName: string;
  readonly aliasName: string;
  /** Which half of a stored key is taken. */
  readonly keySource: 'PUBLIC_KEY' | 'PRIVATE_KEY';
  /** Empty: the first that fits. */
  readonly useType: UseType | '';
  readonly algorithm: string;
  readonly type: KeyTypeName;
  /** Bits, or the name of a curve as Generate JWK takes it. */
  readonly variant: string;
  /** How the kid of a generated key is computed; `GIVEN`: it is `kid`. */
  readonly keyIdType: KeyIdType | 'GIVEN';
  /** What nodes accept with it beside the ordinary. */
  readonly allowRsa15: boolean;
  readonly allowCompressed: boolean;
  /** Of PBES2; empty: the default. */
  readonly maxIterationCount: string;
  readonly notBeforeTime: string;
  readonly expirationTime: string;
}

export const emptyDraft: Draft = {
  name: '',
  description: '',
  source: 'GENERATE',
  kid: '',
  url: '',
  follows: false,
  refreshInterval: { amount: '1', unit: 'h' },
  urlOptionConnectTimeout: { amount: '', unit: 's' },
  urlOptionReadTimeout: { amount: '', unit: 's' },
  urlOptionSizeLimit: { amount: '', unit: 'MiB' },
  jwkStr: '',
  materialName: '',
  environmentName: '',
  aliasName: '',
  keySource: 'PRIVATE_KEY',
  useType: '',
  algorithm: '',
  type: 'RSA',
  variant: '3072',
  keyIdType: 'TIMESTAMP',
  allowRsa15: false,
  allowCompressed: false,
  maxIterationCount: '',
  notBeforeTime: '',
  expirationTime: '',
};

/** The fields of one source, which are reset when the source changes. */
export const ofOneSource: Partial<Draft> = {
  materialName: '',
  environmentName: '',
  aliasName: '',
  kid: '',
  algorithm: '',
  useType: '',
};

export type SetDraft = (changes: Partial<Draft>) => void;

/** The props of every part of the form. */
export interface FormPartProps {
  readonly projectName: string;
  readonly draft: Draft;
  readonly set: SetDraft;
  /** What the manager rejected about a field. */
  readonly errorOf: (field: FormField) => string | undefined;
}

export type FormField = Exclude<keyof Draft, 'source' | 'type' | 'follows' | 'keySource'>;
