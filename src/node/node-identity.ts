// Who this node is, and which installation it belongs to. Its own key is derived from `node.key`, so that both lie
// in one file, which `--key-file` can put elsewhere than the copy. The installation's identity is pinned at the
// first join, sealed under `node.key`: an attacker who can only write to the data directory cannot make the node
// follow another manager.

import { hkdfSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type SigningKey, signingKeyOf } from '../protocol/signing-keys.ts';
import { replaceFile } from '../runtime/durable-file.ts';
import { openBytes, sealBytes } from '../sealing/aead.ts';
import type { NodeLog } from './node-log.ts';

const seedBytes = 32;

/** @param nodeKey the 32 bytes of `node.key` */
export function nodeSigningKey(nodeKey: Buffer): SigningKey {
  return signingKeyOf(Buffer.from(hkdfSync('sha256', nodeKey, '', 'keyplane node identity', seedBytes)));
}

const pinData = Buffer.from('keyplane pinned identity');

/** The fingerprint of the installation's identity. */
export class IdentityPin {
  readonly #path: string;
  readonly #key: Buffer;
  #fingerprint: string | undefined;

  constructor(path: string, key: Buffer, fingerprint: string | undefined) {
    this.#path = path;
    this.#key = key;
    this.#fingerprint = fingerprint;
  }

  /** Undefined before the first join. */
  get fingerprint(): string | undefined {
    return this.#fingerprint;
  }

  /** Resolves once it is on the disk. */
  async pin(fingerprint: string): Promise<void> {
    if (fingerprint === this.#fingerprint) return;
    const sealed = sealBytes(this.#key, Buffer.from(fingerprint), pinData);
    await replaceFile(this.#path, sealed, { mode: 0o600, temporary: `${this.#path}.new` });
    this.#fingerprint = fingerprint;
  }
}

/** A pin that does not open is as none: `node.key` is another one then, and with it the node's own key. */
export async function loadIdentityPin(path: string, key: Buffer, log: NodeLog): Promise<IdentityPin> {
  let fingerprint: string | undefined;
  try {
    fingerprint = openBytes(key, await readFile(path), pinData).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      log.error(
        { file: path },
        'the pinned identity does not open with node.key; the token has to name it again',
      );
    }
  }
  return new IdentityPin(path, key, fingerprint);
}
