// Where the data keys lie, wrapped by the master key.

/** `seal`: for sealed values; `audit`: for the hash chain of the audit record; `integrity`: for the MACs of rows. */
export type DataKeyPurpose = 'seal' | 'audit' | 'integrity';

export interface WrappedDataKey {
  /** UUID; also part of every value sealed under the key. */
  readonly id: string;
  readonly purpose: DataKeyPurpose;
  /** One a purpose: the key that new values are sealed under. The others only open what they sealed. */
  readonly active: boolean;
  readonly wrapped: Buffer;
  /** By the new master key, while the master key is changed; either opens it then. */
  readonly wrappedNext: Buffer | null;
  readonly createdAt: Date;
}

export interface DataKeyStore {
  /** By id order. */
  list(): Promise<readonly WrappedDataKey[]>;
  /** @throws KeyplaneError `conflict` when the purpose has an active key already */
  insert(dataKey: WrappedDataKey): Promise<void>;
  /** Stores the same key under a new wrap, and whether it is active; false when it does not exist. */
  replace(dataKey: WrappedDataKey): Promise<boolean>;
  /** Whether anything is stored that only existing data keys open or verify. */
  anythingSealed(): Promise<boolean>;
}

export interface DataKeyLearner {
  /** Whether the data key that this was sealed under is known; true if that cannot be determined. */
  knows(sealed: Uint8Array): boolean;
  /** Learns the data keys that are stored by now. */
  learn(stores: { readonly dataKeys: DataKeyStore }): Promise<unknown>;
}
