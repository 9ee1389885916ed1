// The shapes of a JSON Web Key (RFC 7517), by the table of key types. Two types, so that a secret shows in a signature:
// a PublicJwk cannot hold a private member, a PrivateJwk may hold them all.
// Only the import, the parting and the joining of members make a PrivateJwk.

import type {
  AsymmetricKeyType,
  KeyMembersOf,
  KeyType,
  PrivateMemberName,
  PublicMembersOf,
} from './key-types.ts';

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

/** What may be published: no member of it is secret. */
export type PublicJwk = { [Kty in AsymmetricKeyType]: PublicMembersOf<Kty> }[AsymmetricKeyType] &
  JwkMetadata & { readonly [Name in PrivateMemberName]?: never };

declare const mayHoldSecrets: unique symbol;

/** A complete JWK that may hold private members; one without them fits as well. */
export type PrivateJwk = { [Kty in KeyType]: KeyMembersOf<Kty> }[KeyType] &
  JwkMetadata & { readonly [mayHoldSecrets]: true };
