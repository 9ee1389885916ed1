import { badRequest } from '../../errors.ts';
import { spelledAlgorithm } from '../../jose/algorithm-spelling.ts';
import { checkAlgorithmFits } from '../../jose/algorithms.ts';
import { curveTypeName, keyTypeMember, keyTypeName } from '../../jose/key-type-name.ts';
import { type GeneratedKeyType, generatedKeyTypes, keyTypeInfo } from '../../jose/key-types.ts';
import { type UseType, useTypes } from '../../jose/use-type.ts';
import { shownText } from '../../names.ts';
import type { KeyPlan } from '../../sources/generate-key.ts';
import type { AllowanceRequest } from '../allowances.ts';
import { readValidity, type Validity } from './validity.ts';

/** What the objects of all types have together. */
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

/** `type` and the one object that it names. */
export interface GenerateRequest
  extends AllowanceRequest,
    Readonly<Partial<Record<Lowercase<GeneratedKeyType>, GenerateParameters | undefined>>> {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly kid?: string | undefined;
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

const typeNames = generatedKeyTypes.map(keyTypeName);

/** @param what starts the error text */
export function checkType(value: string | undefined, what = 'JWK type'): GeneratedKeyType {
  if (value === undefined || value.trim() === '')
    throw badRequest(`${what} can not be empty!`, { reason: 'FIELD_REQUIRED', member: 'type' });
  const name = oneOf(value, typeNames, what, 'type');
  const kty = generatedKeyTypes.find((one) => keyTypeName(one) === name);
  if (kty === undefined) throw new TypeError(`${name} names no key type`);
  return kty;
}

/** @throws KeyplaneError `bad_request` that says what would be right */
export function readGeneratePlan(request: GenerateRequest, now: Date): GeneratePlan {
  const kty = checkType(request.type);
  const member = keyTypeMember(kty);
  const parameters = request[member];
  if (parameters === undefined) {
    throw badRequest(`${member} is required for type ${keyTypeName(kty)}!`, {
      reason: 'FIELD_REQUIRED',
      member,
    });
  }
  for (const other of generatedKeyTypes.map(keyTypeMember)) {
    if (other !== member && request[other] !== undefined) {
      throw badRequest(`${other} does not belong to type ${keyTypeName(kty)}! Give ${member} alone`, {
        reason: 'FIELD_NOT_VALID',
        member: other,
      });
    }
  }
  const key = keyPlan(kty, parameters);
  const { keyUseType, keyIdType = 'TIMESTAMP', algorithm } = parameters;
  // X25519 and X448 can only agree on keys, so there is nothing to choose.
  const agreementOnly = keyTypeInfo(kty).curves?.table.get(key.curve ?? '')?.onlyFor === 'ENCRYPTION';
  const defaultUse: UseType = agreementOnly ? 'ENCRYPTION' : 'SIGNATURE';
  return {
    key,
    useType: keyUseType === undefined ? defaultUse : oneOf(keyUseType, useTypes, 'keyUseType'),
    algorithm: algorithm === undefined || algorithm === '' ? undefined : algorithm,
    keyIdType: oneOf(keyIdType, keyIdTypes, 'keyIdType'),
    password: readPassword(parameters),
    ...readValidity(parameters, now),
  };
}

function keyPlan(kty: GeneratedKeyType, { keySize, curveType, algorithm }: GenerateParameters): KeyPlan {
  const { generation } = keyTypeInfo(kty);
  if (generation === null) throw new TypeError(`no ${kty} keys are generated`);
  const what = `${keyTypeMember(kty)}.${generation.parameter}`;
  switch (generation.parameter) {
    case 'keySize':
      return { kty, bits: size(keySize, generation.values, what) };
    case 'curveType':
      return { kty, curve: curve(curveType, generation.values, what) };
    case 'algorithm':
      return { kty, keyAlgorithm: onlyAlgorithm(kty, algorithm, { allowed: generation.values, what }) };
    default:
      return generation satisfies never;
  }
}

/** The algorithm of a key that is of one alone. */
function onlyAlgorithm(
  kty: GeneratedKeyType,
  given: string | undefined,
  { allowed, what }: { readonly allowed: readonly string[]; readonly what: string },
): string {
  if (given === undefined || given === '') {
    throw badRequest(`${what} is required! Valid values: ${allowed.join(', ')}`, {
      reason: 'FIELD_REQUIRED',
      member: what,
    });
  }
  const algorithm = spelledAlgorithm(given);
  checkAlgorithmFits({ kty }, 'SIGNATURE', algorithm);
  return algorithm;
}

function size(given: number | undefined, allowed: readonly number[], what: string): number {
  if (given === undefined)
    throw badRequest(`${what} is required! Valid values: ${allowed.join(', ')}`, {
      reason: 'FIELD_REQUIRED',
      member: what,
    });
  if (allowed.includes(given)) return given;
  throw badRequest(`${what} (${given}) is not valid! Valid values: ${allowed.join(', ')}`, {
    reason: 'FIELD_NOT_VALID',
    member: what,
  });
}

/** The `crv` of a curve that the request spells in its own way. */
function curve(given: string | undefined, curves: readonly string[], what: string): string {
  const names = curves.map(curveTypeName);
  if (given === undefined || given === '') {
    throw badRequest(`${what} is required! Valid values: ${names.join(', ')}`, {
      reason: 'FIELD_REQUIRED',
      member: what,
    });
  }
  const name = oneOf(given, names, what);
  return curves[names.indexOf(name)] ?? name;
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
  throw badRequest(`${what} (${value}) is not valid! It takes a whole number from ${least} to ${most}`, {
    reason: 'FIELD_NOT_VALID',
    member: what,
  });
}

/** @throws KeyplaneError `keyUseType (X) is not valid! Valid values: …` */
function oneOf<T extends string>(value: string, valid: readonly T[], what: string, member = what): T {
  const known = valid.find((name) => name === value);
  if (known !== undefined) return known;
  throw badRequest(`${what} (${shownText(value)}) is not valid! Valid values: ${valid.join(', ')}`, {
    reason: 'FIELD_NOT_VALID',
    member,
  });
}
