import { badRequest } from '../../errors.ts';
import type { UseType } from '../../jose/use-type.ts';
import type { KeyPlan } from '../../sources/generate-key.ts';
import { oneOf } from './one-of.ts';
import { readValidity, type Validity } from './validity.ts';

/** What the four type objects have in common. */
export interface GenerateParameters {
  readonly keySize?: number | undefined;
  readonly curveType?: string | undefined;
  readonly keyUseType?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly keyIdType?: string | undefined;
  readonly notBeforeTime?: string | undefined;
  readonly expirationTime?: string | undefined;
  readonly passwordSaltLength?: number | undefined;
  readonly passwordIterationCount?: number | undefined;
}

export interface GenerateRequest {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly kid?: string | undefined;
  readonly rsa?: GenerateParameters | undefined;
  readonly ec?: GenerateParameters | undefined;
  readonly oct?: GenerateParameters | undefined;
  readonly okp?: GenerateParameters | undefined;
}

export const keyIdTypes = Object.freeze(['TIMESTAMP', 'SHA256', 'SHA1', 'ISO_DATE', 'NONE'] as const);
export type KeyIdType = (typeof keyIdTypes)[number];

export interface GeneratePlan extends Validity {
  readonly key: KeyPlan;
  readonly useType: UseType;
  /** As it was asked for; undefined: the first that fits. */
  readonly algorithm: string | undefined;
  readonly keyIdType: KeyIdType;
  /** For keys that are passwords (RFC 7518 §4.8). */
  readonly password: PasswordParameters;
}

export interface PasswordParameters {
  readonly passwordSaltLength: number;
  readonly passwordIterationCount: number;
}

const types = Object.freeze(['RSA', 'EC', 'OCT', 'OKP'] as const);
const members = Object.freeze({ RSA: 'rsa', EC: 'ec', OCT: 'oct', OKP: 'okp' } as const);
const rsaSizes = [2048, 3072, 4096];
const octSizes = [128, 192, 256, 384, 512];
const ecCurves = Object.freeze({
  P256: 'P-256',
  P384: 'P-384',
  P521: 'P-521',
  SECP256K1: 'secp256k1',
} as const);
const okpCurves = Object.freeze({
  ED25519: 'Ed25519',
  X25519: 'X25519',
  ED448: 'Ed448',
  X448: 'X448',
} as const);

export function checkType(value: string | undefined): (typeof types)[number] {
  if (value === undefined || value.trim() === '') throw badRequest('JWK type can not be empty!');
  return oneOf(value, types, 'JWK type');
}

/** @throws KeyplaneError `bad_request` that says what would be right */
export function readGeneratePlan(request: GenerateRequest, now: Date): GeneratePlan {
  const type = checkType(request.type);
  const member = members[type];
  const parameters = request[member];
  if (parameters === undefined) throw badRequest(`${member} is required for type ${type}!`);
  for (const other of Object.values(members)) {
    if (other !== member && request[other] !== undefined) {
      throw badRequest(`${other} does not belong to type ${type}! Give ${member} alone`);
    }
  }
  const key = keyPlan(type, member, parameters);
  const { keyUseType, keyIdType = 'TIMESTAMP', algorithm } = parameters;
  // X25519 and X448 can only agree on keys, so there is nothing to choose.
  const agreementOnly = key.type === 'OKP' && key.curve.startsWith('X');
  const defaultUse: UseType = agreementOnly ? 'ENCRYPTION' : 'SIGNATURE';
  return {
    key,
    useType:
      keyUseType === undefined ? defaultUse : oneOf(keyUseType, ['SIGNATURE', 'ENCRYPTION'], 'keyUseType'),
    algorithm: algorithm === undefined || algorithm === '' ? undefined : algorithm,
    keyIdType: oneOf(keyIdType, keyIdTypes, 'keyIdType'),
    password: readPassword(parameters),
    ...readValidity(parameters, now),
  };
}

function keyPlan(type: (typeof types)[number], member: string, parameters: GenerateParameters): KeyPlan {
  const { keySize, curveType } = parameters;
  switch (type) {
    case 'RSA':
      return { type, bits: size(keySize, rsaSizes, member) };
    case 'OCT':
      return { type, bits: size(keySize, octSizes, member) };
    case 'EC':
      return { type, curve: ecCurves[curve(curveType, ecCurves, member)] };
    case 'OKP':
      return { type, curve: okpCurves[curve(curveType, okpCurves, member)] };
  }
}

function size(given: number | undefined, allowed: readonly number[], member: string): number {
  if (given === undefined)
    throw badRequest(`${member}.keySize is required! Valid values: ${allowed.join(', ')}`);
  if (allowed.includes(given)) return given;
  throw badRequest(`${member}.keySize (${given}) is not valid! Valid values: ${allowed.join(', ')}`);
}

function curve<C extends string>(
  given: string | undefined,
  curves: Readonly<Record<C, string>>,
  member: string,
): C {
  const names = Object.keys(curves) as C[];
  if (given === undefined || given === '') {
    throw badRequest(`${member}.curveType is required! Valid values: ${names.join(', ')}`);
  }
  return oneOf(given, names, `${member}.curveType`);
}

/** RFC 7518 §4.8.1: a salt of 8 octets or more, 1,000 iterations or more. */
function readPassword(parameters: GenerateParameters): PasswordParameters {
  const { passwordSaltLength = 8, passwordIterationCount = 1_000 } = parameters;
  within(passwordSaltLength, 'passwordSaltLength', { least: 8, most: 1_024 });
  within(passwordIterationCount, 'passwordIterationCount', { least: 1_000, most: 10_000_000 });
  return { passwordSaltLength, passwordIterationCount };
}

function within(value: number, what: string, { least, most }: { least: number; most: number }): void {
  if (value >= least && value <= most) return;
  throw badRequest(`${what} (${value}) is not valid! It takes a whole number from ${least} to ${most}`);
}
