// What goes to a keystore thread and what comes back: keystores, and keys that a passphrase closes. Errors cross as their public parts:
// an error object loses its class on the way.

import type { ErrorReason } from '../error-reasons.ts';
import type { ErrorCode } from '../errors.ts';
import type { EncryptedKeyContent } from '../formats/encrypted-key.ts';
import type { KeyPasswords, KeystoreEntry, KeystoreListing, KeystoreType } from '../formats/keystore.ts';

export interface KeystoreInput extends KeyPasswords {
  readonly file: Uint8Array;
  readonly password: string;
  readonly type: KeystoreType;
}

export interface EncryptedKeyInput extends Omit<EncryptedKeyContent, 'der'> {
  /** DER of the closed key. */
  readonly file: Uint8Array;
  readonly passphrase: string;
}

export type KeystoreJob =
  | (KeystoreInput & { readonly task: 'inspect' })
  | (KeystoreInput & { readonly task: 'readEntry'; readonly alias: string })
  | (EncryptedKeyInput & { readonly task: 'openKey' });

/** An error without its class. */
export interface RefusedJob {
  readonly code: ErrorCode;
  readonly message: string;
  readonly reason: ErrorReason;
  readonly member?: string;
  readonly detail?: string;
}

/** An entry's bytes arrive as plain Uint8Arrays. */
export type KeystoreAnswer =
  | { readonly listing: readonly KeystoreListing[] }
  | { readonly entry: KeystoreEntry | undefined }
  | { readonly key: Uint8Array }
  | { readonly refused: RefusedJob }
  | { readonly failed: string };

/** What a thread sends, with the processor time that the job took. */
export type ThreadAnswer = KeystoreAnswer & { readonly processorMs: number };

/** A thread's first message: its code is loaded. */
export interface ThreadReady {
  readonly ready: true;
}
