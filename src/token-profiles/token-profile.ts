// A token profile: what a key ring's tokens say that applications have issued. Applications give what it leaves open.

export const audienceModes = Object.freeze(['FIXED', 'ONE_OF'] as const);
export type AudienceMode = (typeof audienceModes)[number];

export const subjectModes = Object.freeze(['FIXED', 'FROM_CALLER', 'GIVEN'] as const);
export type SubjectMode = (typeof subjectModes)[number];

export interface ProfileSubject {
  readonly mode: SubjectMode;
  /** Of FIXED. */
  readonly value: string | null;
  /** Of GIVEN; null: any text. */
  readonly pattern: string | null;
}

export interface ProfileClaims {
  readonly fixed: Readonly<Record<string, unknown>>;
  /** What applications may give, besides what they must. */
  readonly allowed: readonly string[];
  readonly required: readonly string[];
  /** JSON Schema 2020-12 for what applications give. */
  readonly schema: Readonly<Record<string, unknown>> | null;
}

/** Durations as they were given (ISO 8601). */
export interface ProfileRules {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly audienceMode: AudienceMode;
  readonly lifetime: string;
  readonly maxLifetime: string;
  /** From `iat` to `nbf`, perhaps with a sign; null: no `nbf`. */
  readonly notBeforeOffset: string | null;
  /** The `typ` of the header. */
  readonly tokenType: string;
  readonly subject: ProfileSubject;
  readonly claims: ProfileClaims;
}

/** Exactly one of the two ids is set. */
export interface EncryptionTarget {
  readonly jwkId: string | null;
  readonly keyRingId: string | null;
  readonly enc: string;
}

export interface TokenProfile {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string | null;
  readonly keyRingId: string;
  readonly rules: ProfileRules;
  readonly encryptTo: EncryptionTarget | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The row was altered outside keyplane. */
  readonly altered?: boolean;
}
