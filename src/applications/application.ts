// An application: a program that has keys used at a node, what it is known by there, and what it may have done with which key.

import type { GrantOperation, GrantRate } from '../protocol/content.ts';

/** What became of a request to use a key. */
export const usageOutcomes = Object.freeze(['SUCCEEDED', 'REFUSED'] as const);
export const credentialTypes = Object.freeze(['TOKEN', 'MTLS', 'JWT'] as const);
/** The TOKEN credential of an application that was given none. */
export const defaultCredentialName = 'default';

/** Exactly one of the three ids is set. */
export interface Grant {
  readonly keyRingId: string | null;
  readonly jwkId: string | null;
  readonly tokenProfileId?: string;
  readonly operations: readonly GrantOperation[];
  /** Absent: without a limit. */
  readonly rate?: GrantRate;
}

export interface ApplicationToken {
  /** SHA-256 of the token. */
  readonly hash: string;
  /** Of a token that was replaced; null: as long as its credential. */
  readonly validUntil: Date | null;
}

export interface TokenCredential {
  readonly type: 'TOKEN';
  /** Unique within the application. */
  readonly name: string;
  readonly expiresAt: Date | null;
  /** The current one, and those that it replaced for as long as they overlap. */
  readonly tokens: readonly ApplicationToken[];
}

/** Exactly one of the two is set. */
export interface MtlsCredential {
  readonly type: 'MTLS';
  readonly uriSan: string | null;
  /** base64url of the SHA-256 of the certificate's SubjectPublicKeyInfo. */
  readonly spkiSha256: string | null;
}

/** Exactly one of `jwksUri` and `jwkId` is set. */
export interface JwtCredential {
  readonly type: 'JWT';
  readonly issuer: string;
  readonly audience: string;
  /** A pattern (`protocol/subject-pattern.ts`). */
  readonly subject: string;
  /** Claims that must have these values. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly singleUse: boolean;
  readonly jwksUri: string | null;
  readonly jwkId: string | null;
}

export type Credential = TokenCredential | MtlsCredential | JwtCredential;

export interface Application {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string | null;
  readonly expiresAt: Date | null;
  readonly credentials: readonly Credential[];
  readonly grants: readonly Grant[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly altered?: boolean;
}

export function isTokenCredential(credential: Credential): credential is TokenCredential {
  return credential.type === 'TOKEN';
}

function isJwtCredential(credential: Credential): credential is JwtCredential {
  return credential.type === 'JWT';
}

/** The sets of public keys that an application follows, each once. */
export function followedUris({ credentials }: Pick<Application, 'credentials'>): readonly string[] {
  const uris = credentials.filter(isJwtCredential).map(({ jwksUri }) => jwksUri);
  return [...new Set(uris.filter((uri) => uri !== null))];
}

/** The JWKs whose public parts verify its JWTs, each once. */
export function trustedJwkIds({ credentials }: Pick<Application, 'credentials'>): readonly string[] {
  const ids = credentials.filter(isJwtCredential).map(({ jwkId }) => jwkId);
  return [...new Set(ids.filter((id) => id !== null))];
}
