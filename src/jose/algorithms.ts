// The one table of algorithms: name, use, key types, curves, sizes. Nothing else in the program lists them. The console
// imports it, so it takes only types from the table of key types, whose checks need Node.js. Sources: RFC 7518 §3.1,
// §4.1, §5.1; RFC 8037 §3; RFC 8812 §3.2; RFC 9864; RFC 9964 §5; draft-madden-jose-ecdh-1pu. Rejects an algorithm that is unknown,
// belongs to another key type or use, or does not fit the key.

import { badRequest } from '../errors.ts';
import { algorithmHint } from './algorithm-hint.ts';
import type { KeyRestriction } from './der/rsa-pss.ts';
import type { JwkMetadata } from './jwk.ts';
import { keyTypeName } from './key-type-name.ts';
import type { KeyType } from './key-types.ts';
import { bytes, octetsOf } from './members/base64url.ts';
import { shown } from './shown.ts';
import type { UseType } from './use-type.ts';

interface AlgorithmRow {
  readonly useType: UseType;
  readonly keyTypes: readonly KeyType[];
  /** Curves that bind it; absent for RSA and oct. */
  readonly curves?: readonly string[];
  readonly leastOctets?: number;
  readonly exactOctets?: readonly number[];
  /** A key is of this algorithm alone, which is a member of the key (RFC 9964 §3). */
  readonly keyAlgorithm?: string;
  readonly deprecated?: true;
  /** It computes the same as this one, whose name more verifiers know (RFC 9864 §2.2). */
  readonly otherNameOf?: string;
  /** Known in the `alg` of a pasted JWK, but not to be asked for. */
  readonly pastedOnly?: true;
}

const rsa: readonly KeyType[] = ['RSA'];
const oct: readonly KeyType[] = ['oct'];

// secp256k1 is for ES256K only (RFC 8812 §3.1), not for key agreement.
const agreement: AlgorithmRow = {
  useType: 'ENCRYPTION',
  keyTypes: ['EC', 'OKP'],
  curves: ['P-256', 'P-384', 'P-521', 'X25519', 'X448'],
};
const rsaSignature: AlgorithmRow = { useType: 'SIGNATURE', keyTypes: rsa };
const rsaEncryption: AlgorithmRow = { useType: 'ENCRYPTION', keyTypes: rsa };

function keyPairSignature(keyAlgorithm: string): AlgorithmRow {
  return { useType: 'SIGNATURE', keyTypes: ['AKP'], keyAlgorithm };
}

function curveSignature(keyType: KeyType, ...curves: string[]): AlgorithmRow {
  return { useType: 'SIGNATURE', keyTypes: [keyType], curves };
}

/** RFC 7518 §3.2: a key of the size of the hash output or larger. */
function mac(leastOctets: number): AlgorithmRow {
  return { useType: 'SIGNATURE', keyTypes: oct, leastOctets };
}

function wrapping(...exactOctets: number[]): AlgorithmRow {
  return { useType: 'ENCRYPTION', keyTypes: oct, exactOctets };
}

function content(exactOctets: number): AlgorithmRow {
  return { useType: 'ENCRYPTION', keyTypes: oct, exactOctets: [exactOctets], pastedOnly: true };
}

// RFC 7518 §4.8: the key is a password, so any length will do.
const password: AlgorithmRow = { useType: 'ENCRYPTION', keyTypes: oct, leastOctets: 1 };

const rows: Readonly<Record<string, AlgorithmRow>> = {
  RS256: rsaSignature,
  RS384: rsaSignature,
  RS512: rsaSignature,
  PS256: rsaSignature,
  PS384: rsaSignature,
  PS512: rsaSignature,
  RSA1_5: { ...rsaEncryption, deprecated: true },
  'RSA-OAEP': { ...rsaEncryption, deprecated: true },
  'RSA-OAEP-256': rsaEncryption,
  'RSA-OAEP-384': rsaEncryption,
  'RSA-OAEP-512': rsaEncryption,
  ES256: curveSignature('EC', 'P-256'),
  ES384: curveSignature('EC', 'P-384'),
  ES512: curveSignature('EC', 'P-521'),
  ES256K: curveSignature('EC', 'secp256k1'),
  EdDSA: curveSignature('OKP', 'Ed25519', 'Ed448'),
  Ed25519: { ...curveSignature('OKP', 'Ed25519'), otherNameOf: 'EdDSA' },
  Ed448: { ...curveSignature('OKP', 'Ed448'), otherNameOf: 'EdDSA' },
  'ML-DSA-44': keyPairSignature('ML-DSA-44'),
  'ML-DSA-65': keyPairSignature('ML-DSA-65'),
  'ML-DSA-87': keyPairSignature('ML-DSA-87'),
  'ECDH-ES': agreement,
  'ECDH-ES+A128KW': agreement,
  'ECDH-ES+A192KW': agreement,
  'ECDH-ES+A256KW': agreement,
  'ECDH-1PU': agreement,
  'ECDH-1PU+A128KW': agreement,
  'ECDH-1PU+A192KW': agreement,
  'ECDH-1PU+A256KW': agreement,
  HS256: mac(32),
  HS384: mac(48),
  HS512: mac(64),
  A128KW: wrapping(16),
  A192KW: wrapping(24),
  A256KW: wrapping(32),
  A128GCMKW: wrapping(16),
  A192GCMKW: wrapping(24),
  A256GCMKW: wrapping(32),
  // The key is itself the content encryption key: the sizes are those of the content rows below.
  dir: wrapping(16, 24, 32, 48, 64),
  'PBES2-HS256+A128KW': password,
  'PBES2-HS384+A192KW': password,
  'PBES2-HS512+A256KW': password,
  A128GCM: content(16),
  A192GCM: content(24),
  A256GCM: content(32),
  'A128CBC-HS256': content(32),
  'A192CBC-HS384': content(48),
  'A256CBC-HS512': content(64),
};
const notValid = Object.freeze({ reason: 'ALGORITHM_NOT_VALID', member: 'algorithm' } as const);

// Without a prototype: an alg of "constructor" finds nothing.
const table: typeof rows = Object.freeze(Object.assign(Object.create(null), rows));

/** Requests and messages spell `dir` in capitals; the JOSE registry does not (RFC 7518 §4.1). */
function requestName(algorithm: string): string {
  return algorithm === 'dir' ? 'DIR' : algorithm;
}

/** The name that goes into a JWK's `alg`. */
export function joseAlgorithm(requested: string): string {
  return requested === 'DIR' ? 'dir' : requested;
}

/** Undefined for an algorithm that is not known. */
export function useTypeOfAlgorithm(algorithm: string): UseType | undefined {
  return table[algorithm]?.useType;
}

export function isDeprecated(algorithm: string): boolean {
  return table[joseAlgorithm(algorithm)]?.deprecated === true;
}

/** Without those that are other names of one among them. */
export function differentAlgorithms(names: readonly string[]): readonly string[] {
  return names.filter((name) => !names.includes(table[name]?.otherNameOf ?? ''));
}

/** What may be asked for with this key type and use, in the order of the documentation. */
export function algorithmsFor(kind: { keyType: KeyType; useType: UseType }): readonly string[] {
  return Object.entries(table)
    .filter(
      ([, row]) => row.useType === kind.useType && row.keyTypes.includes(kind.keyType) && !row.pastedOnly,
    )
    .map(([name]) => requestName(name));
}

/** What of a key an algorithm depends on; any JWK is one. */
export interface KeyOutline {
  readonly kty: KeyType;
  readonly crv?: string;
  /** A secret, of which the length alone counts. */
  readonly k?: string;
  /** Counts where a key is of one algorithm alone; undefined: any that such keys may have. */
  readonly alg?: string | undefined;
}

function fits(row: AlgorithmRow, key: KeyOutline): boolean {
  if (!row.keyTypes.includes(key.kty)) return false;
  if (row.curves !== undefined) return key.crv !== undefined && row.curves.includes(key.crv);
  if (row.keyAlgorithm !== undefined) return key.alg === undefined || key.alg === row.keyAlgorithm;
  if (key.k === undefined) return true;
  const octets = octetsOf(key.k);
  return octets >= (row.leastOctets ?? 0) && row.exactOctets?.includes(octets) !== false;
}

/** What may be asked for with this very key, in the order of the documentation. */
export function algorithmsFitting(key: KeyOutline, useType: UseType): readonly string[] {
  return algorithmsFor({ keyType: key.kty, useType }).filter((listed) => {
    const row = table[joseAlgorithm(listed)];
    return row !== undefined && fits(row, key);
  });
}

/** Those that signatures by this key may have by its type, curve and size; none for a curve that is for encryption. */
export function signatureAlgorithmsOf(key: KeyOutline): readonly string[] {
  const fitting = Object.entries(table).filter(([, row]) => row.useType === 'SIGNATURE' && fits(row, key));
  return fitting.map(([name]) => name);
}

/** "EC keys on curve P-256", "OCT keys of 16 bytes", "AKP keys of ML-DSA-65", "RSA keys". */
function kindOf(key: KeyOutline): string {
  const name = `${keyTypeName(key.kty)} keys`;
  if (key.k !== undefined) return `${name} of ${bytes(octetsOf(key.k))}`;
  if (key.crv !== undefined) return `${name} on curve ${key.crv}`;
  const ofAlgorithm = key.alg !== undefined && table[key.alg]?.keyAlgorithm !== undefined;
  return ofAlgorithm ? `${name} of ${key.alg}` : name;
}

function needOf(row: AlgorithmRow): string {
  if (row.curves !== undefined) return `curve ${row.curves.join(' or ')}`;
  if (row.keyAlgorithm !== undefined) return `a key of ${row.keyAlgorithm}`;
  if (row.exactOctets !== undefined) return `exactly ${row.exactOctets.join(', ')} bytes`;
  return `at least ${bytes(row.leastOctets ?? 1)}`;
}

/**
 * Checks an algorithm that was asked for. Outside the row of its key type and use, the message lists that row;
 * inside it, but ruled out by curve or size, the message lists what fits this key.
 * @throws KeyplaneError bad_request
 */
export function checkAlgorithmFits(key: KeyOutline, useType: UseType, algorithm: string): void {
  const name = joseAlgorithm(algorithm);
  const row = table[name];
  const inRow =
    row !== undefined && row.useType === useType && row.keyTypes.includes(key.kty) && !row.pastedOnly;
  if (inRow && fits(row, key)) return;

  const whole = algorithmsFor({ keyType: key.kty, useType });
  const fitting = algorithmsFitting(key, useType);
  const refusal = `Algorithm (${shown(algorithm)}) is not valid for ${keyTypeName(key.kty)} keys with use type ${useType}!${algorithmHint(algorithm)}`;
  if (fitting.length === 0) {
    const need = inRow ? ` ${requestName(name)} needs ${needOf(row)}.` : '';
    throw badRequest(`${refusal} No algorithm of this use type fits ${kindOf(key)}.${need}`, notValid);
  }
  throw badRequest(`${refusal} Valid values: ${(inRow ? fitting : whole).join(', ')}`, notValid);
}

const pssAlgorithms = ['PS256', 'PS384', 'PS512'];

/**
 * RFC 4055 §1.2: a key marked id-RSASSA-PSS signs with PSS alone, and with parameters with that hash alone.
 * @throws KeyplaneError bad_request
 */
export function checkRestriction(restriction: KeyRestriction, algorithm: string): void {
  const values: readonly string[] = restriction === 'RSA-PSS' ? pssAlgorithms : [restriction];
  if (values.includes(algorithm)) return;
  throw badRequest(
    `Algorithm (${shown(algorithm)}) is not valid for RSASSA-PSS keys (RFC 4055 §1.2)! Valid values with use type SIGNATURE: ${values.join(', ')}`,
    notValid,
  );
}

/**
 * Checks the `alg` that a JWK brings along.
 * @returns its use type
 * @throws KeyplaneError bad_request when it is unknown (it could not be checked) or contradicts the key
 */
export function checkOwnAlgorithm(key: KeyOutline, algorithm: NonNullable<JwkMetadata['alg']>): UseType {
  const row = table[algorithm];
  if (row !== undefined && fits(row, key)) return row.useType;
  // It is the algorithm that is at fault, so it does not limit what would be right.
  const bare = { ...key, alg: undefined };
  const fitting = Object.entries(table).filter(([, candidate]) => fits(candidate, bare));
  const values = fitting.map(([name]) => name).join(', ') || 'none';
  if (row === undefined) {
    throw badRequest(
      `alg (${shown(algorithm)}) is not known!${algorithmHint(algorithm)} Valid values for ${kindOf(bare)}: ${values}`,
      {
        reason: 'ALGORITHM_NOT_VALID',
      },
    );
  }
  const need = row.keyTypes.includes(key.kty)
    ? `it needs ${needOf(row)}`
    : `it is for ${row.keyTypes.map(keyTypeName).join(' and ')} keys`;
  throw badRequest(
    `alg (${algorithm}) contradicts the key: ${need}! Valid values for ${kindOf(bare)}: ${values}`,
    { reason: 'ALGORITHM_NOT_VALID' },
  );
}
