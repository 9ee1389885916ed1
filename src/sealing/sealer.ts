// Seals and opens values under data keys. A sealed value is: version, id of its data key, nonce, ciphertext,
// tag. It names its key, so that older values stay readable once a newer key is active; the name is
// authenticated with the place the value belongs to.

import { ok } from 'node:assert/strict';
import { createSecretKey, type KeyObject } from 'node:crypto';
import { aeadOverheadBytes, openBytes, sealBytes, unopened } from './aead.ts';
import { bindingAad } from './binding-aad.ts';
import type { SealBinding, Sealed, Sealer } from './sealed.ts';

const versionBytes = 1;
const idBytes = 16;
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface DataKey {
  /** UUID in lower case. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** A sealer whose data keys may become more while it is in use. */
export interface LearningSealer extends Sealer {
  /** Whether it has the data key of this sealed value; true where that is unknown. */
  knows(sealed: Uint8Array): boolean;
  has(dataKeyId: string): boolean;
  /** From now on it opens what these keys sealed, too, and seals under the active one. */
  learn(dataKeys: readonly DataKey[], activeId: string): void;
  /** Whether this was sealed under the key that is active now. */
  isCurrent(sealed: Uint8Array): boolean;
}

/** Seals under the active key and opens what any of the keys sealed. */
export function createSealer(dataKeys: readonly DataKey[], activeId: string): LearningSealer {
  const keys = new Map<string, KeyObject>();
  let activeKey: KeyObject;
  let activeIdBytes: Buffer;
  learn(dataKeys, activeId);

  function learn(more: readonly DataKey[], nextActiveId: string): void {
    for (const { id, key } of more) {
      ok(uuidPattern.test(id), 'the id of a data key is a UUID');
      ok(key.length === 32, 'a data key has 32 bytes');
      keys.set(hexOf(id), createSecretKey(key));
    }
    const nextKey = keys.get(hexOf(nextActiveId));
    ok(nextKey !== undefined, 'the active data key is one of the data keys');
    activeKey = nextKey;
    activeIdBytes = Buffer.from(hexOf(nextActiveId), 'hex');
  }

  function openSecret(binding: SealBinding, sealed: Uint8Array): Buffer {
    if (sealed.length < idBytes + aeadOverheadBytes) throw unopened('it is too short');
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const id = bytes.subarray(versionBytes, versionBytes + idBytes);
    const key = keys.get(id.toString('hex'));
    if (key === undefined) throw unopened('its data key is unknown');
    const inner = Buffer.concat([bytes.subarray(0, versionBytes), bytes.subarray(versionBytes + idBytes)]);
    return openBytes(key, inner, aadOf(id, binding));
  }

  function seal(binding: SealBinding, plaintext: Uint8Array): Sealed {
    const inner = sealBytes(activeKey, plaintext, aadOf(activeIdBytes, binding));
    const sealed = Buffer.concat([
      inner.subarray(0, versionBytes),
      activeIdBytes,
      inner.subarray(versionBytes),
    ]) as Sealed;
    const opened = openSecret(binding, sealed);
    const isSame = opened.equals(plaintext);
    opened.fill(0);
    if (!isSame) throw unopened('it opened to something else right after it was sealed');
    return sealed;
  }

  return {
    seal,
    openSecret,
    learn,
    has: (id) => keys.has(hexOf(id)),
    knows: (sealed) =>
      sealed.length < idBytes + aeadOverheadBytes || keys.has(keyIdOf(sealed).toString('hex')),
    isCurrent: (sealed) => activeIdBytes.equals(keyIdOf(sealed)),
  };
}

function keyIdOf(sealed: Uint8Array): Buffer {
  return Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength).subarray(
    versionBytes,
    versionBytes + idBytes,
  );
}

function aadOf(keyId: Buffer, binding: SealBinding): Buffer {
  return Buffer.concat([keyId, bindingAad(binding)]);
}

function hexOf(uuid: string): string {
  return uuid.replaceAll('-', '');
}
