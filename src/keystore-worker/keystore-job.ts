// What goes to a keystore thread and what comes back. Errors cross as their public parts:
// an error object loses its class on the way.

import type { ErrorCode } from '../errors.ts';
import type { KeystoreEntry, KeystoreListing, KeystoreType } from '../formats/keystore.ts';

export interface KeystoreInput {
  readonly file: Uint8Array;
  readonly password: string;
  readonly keyPassword?: string;
  readonly type: KeystoreType;
}

export type KeystoreJob = KeystoreInput &
  ({ readonly task: 'inspect' } | { readonly task: 'readEntry'; readonly alias: string });

/** An entry's bytes arrive as plain Uint8Arrays. */
export type KeystoreAnswer =
  | { readonly listing: readonly KeystoreListing[] }
  | { readonly entry: KeystoreEntry | undefined }
  | { readonly refused: { readonly code: ErrorCode; readonly message: string; readonly detail?: string } }
  | { readonly failed: string };

/** A thread's first message: its code is loaded. */
export interface ThreadReady {
  readonly ready: true;
}
