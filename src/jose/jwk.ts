// The shapes of a JSON Web Key (RFC 7517). Two types, so that a secret shows in a signature:
// a PublicJwk can not hold a private member, a PrivateJwk may hold them all.
// Only the import, the parting and the joining of members make a PrivateJwk.

export const keyTypes = Object.freeze(['RSA', 'EC', 'OKP', 'oct'] as const);
export type KeyType = (typeof keyTypes)[number];
export type UseType = 'SIGNATURE' | 'ENCRYPTION';

/** Members beside the key itself (RFC 7517 §4); `x5u` is never kept. */
export interface JwkMetadata {
  readonly kid?: string;
  readonly use?: 'sig' | 'enc';
  readonly key_ops?: readonly string[];
  readonly alg?: string;
  readonly x5c?: readonly string[];
  readonly x5t?: string;
  readonly 'x5t#S256'?: string;
}

interface NoPrivateMember {
  readonly d?: never;
  readonly p?: never;
  readonly q?: never;
  readonly dp?: never;
  readonly dq?: never;
  readonly qi?: never;
  readonly k?: never;
}

export interface RsaPublicMembers {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
}

/** RFC 7518 §6.3.2; after an import either none of the six is there or all are. */
export interface RsaMembers extends RsaPublicMembers {
  readonly d?: string;
  readonly p?: string;
  readonly q?: string;
  readonly dp?: string;
  readonly dq?: string;
  readonly qi?: string;
}

export interface EcPublicMembers {
  readonly kty: 'EC';
  readonly crv: string;
  readonly x: string;
  readonly y: string;
}

export interface EcMembers extends EcPublicMembers {
  readonly d?: string;
}

export interface OkpPublicMembers {
  readonly kty: 'OKP';
  readonly crv: string;
  readonly x: string;
}

export interface OkpMembers extends OkpPublicMembers {
  readonly d?: string;
}

export interface OctMembers {
  readonly kty: 'oct';
  readonly k: string;
}

/** What may be published: no member of it is secret. */
export type PublicJwk = (RsaPublicMembers | EcPublicMembers | OkpPublicMembers) &
  JwkMetadata &
  NoPrivateMember;

declare const mayHoldSecrets: unique symbol;

/** A complete JWK that may hold private members; one without them fits as well. */
export type PrivateJwk = (RsaMembers | EcMembers | OkpMembers | OctMembers) &
  JwkMetadata & { readonly [mayHoldSecrets]: true };

export function isKeyType(value: unknown): value is KeyType {
  return keyTypes.some((keyType) => keyType === value);
}

export function hasPrivatePart(jwk: PrivateJwk): boolean {
  return jwk.kty === 'oct' || jwk.d !== undefined;
}

export function useTypeToUse(useType: UseType): 'sig' | 'enc' {
  return useType === 'SIGNATURE' ? 'sig' : 'enc';
}

export function useToUseType(use: 'sig' | 'enc'): UseType {
  return use === 'sig' ? 'SIGNATURE' : 'ENCRYPTION';
}

/** How messages print a key type: `oct` is OCT there. */
export function keyTypeName(keyType: KeyType): string {
  return keyType.toUpperCase();
}

/** A name of the caller's own, cut and stripped so that it is safe inside a message; never for what may be secret. */
export function shown(name: string): string {
  const printable = name.replace(/[^\P{C}\u200c\u200d]/gu, '?');
  return printable.length > 64 ? `${printable.slice(0, 64)}…` : printable;
}

/** What a value of the wrong type is, without a word of what it holds. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
