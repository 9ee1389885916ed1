import type { Sealed } from '../../sealing/sealed.ts';

/** An identity key of the installation: the one in use, or one that was replaced. */
export interface StoredIdentityKey {
  readonly id: string;
  /** Ed25519, raw. */
  readonly publicKey: Buffer;
  /** The sealed seed; null once another key took its place. */
  readonly privateKey: Sealed | null;
  /** By this key, over the one that took its place, base64url; null while it is in use. */
  readonly signature: string | null;
  readonly createdAt: Date;
}

export interface IdentityKeyStore {
  /** Oldest first; the last one is in use. */
  list(): Promise<readonly StoredIdentityKey[]>;
  /** @throws KeyplaneError `conflict` where another one is in use */
  insert(key: StoredIdentityKey): Promise<void>;
  /** Replaces it by another key: its private half is removed, its signature over the other key is kept. */
  retire(id: string, signature: string): Promise<void>;
}

export interface IdentityStores {
  readonly identityKeys: IdentityKeyStore;
}
