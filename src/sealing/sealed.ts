// Sealing keeps everything private unreadable on disk: AES-256-GCM under a data key that the master key wraps.
// A sealed value is bound to its place (purpose, table, row, member); it opens nowhere else.

declare const sealedBrand: unique symbol;

/** Version, data key id, nonce, ciphertext and tag in one run of bytes. Opaque to everyone but the sealer. */
export type Sealed = Buffer & { readonly [sealedBrand]: true };

/** Where a sealed value lives; all four are its additional authenticated data. */
export interface SealBinding {
  readonly purpose: string;
  readonly table: string;
  readonly id: string;
  readonly member: string;
}

export interface Sealer {
  /** Seals and opens again before returning, so that what is stored is known to be readable. */
  seal(binding: SealBinding, plaintext: Uint8Array): Sealed;
  /** @throws KeyplaneError `internal_error` when a bit was flipped or the value belongs elsewhere */
  openSecret(binding: SealBinding, sealed: Uint8Array): Buffer;
}
