export const serializations = Object.freeze(['COMPACT', 'FLATTENED', 'GENERAL'] as const);
/** RFC 7515 §7.1, §7.2.2 and §7.2.1. */
export type Serialization = (typeof serializations)[number];

export interface JwsForm {
  readonly serialization: Serialization;
  /** The payload is left out (RFC 7515 Appendix F). */
  readonly isDetached: boolean;
  /** False: what is signed has the octets of the payload themselves, not their base64url (RFC 7797). */
  readonly isEncoded: boolean;
}
