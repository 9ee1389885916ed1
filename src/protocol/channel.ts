// Messages after the handshake, each sealed with AES-256-GCM under the key of its direction. The nonce is the count of
// messages in that direction, so a message that was altered, repeated, left out, moved or taken from another
// connection does not open, and the connection ends.

import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { badRequest } from '../errors.ts';
import type { SealedMessage, State } from './messages.ts';

const tagBytes = 16;

export interface OpenState {
  readonly header: Omit<State, 'sealed'>;
  /** JSON of `Change[]` in revision order; it holds private members. */
  readonly changes: string;
}

/** The sending end of one direction. */
export class SealingEnd {
  readonly #key: KeyObject;
  #counter = 0;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  /** @param text JSON of a message */
  seal(text: string): SealedMessage {
    this.#counter += 1;
    return { type: 'sealed', sealed: this.#sealed(text, sealedData(this.#counter)) };
  }

  sealState({ header, changes }: OpenState): State {
    this.#counter += 1;
    return { ...header, sealed: this.#sealed(changes, stateData(this.#counter, header)) };
  }

  #sealed(text: string, additionalData: Buffer): string {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce(this.#counter));
    cipher.setAAD(additionalData);
    const ciphertext = cipher.update(text, 'utf8');
    // A stream mode: nothing is left for the end.
    cipher.final();
    return Buffer.concat([ciphertext, cipher.getAuthTag()]).toString('base64');
  }
}

/** The receiving end of one direction. */
export class OpeningEnd {
  readonly #key: KeyObject;
  #counter = 0;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  /**
   * @returns the JSON text of a message
   * @throws KeyplaneError `bad_request` for a message that is not the next one of this direction, to the last bit
   */
  open({ sealed }: Pick<SealedMessage, 'sealed'>): string {
    this.#counter += 1;
    return this.#opened(sealed, sealedData(this.#counter));
  }

  /**
   * @returns the JSON text of the changes; it holds private members
   * @throws KeyplaneError `bad_request` as `open` does
   */
  openState(state: State): string {
    this.#counter += 1;
    return this.#opened(state.sealed, stateData(this.#counter, state));
  }

  #opened(text: string, additionalData: Buffer): string {
    const sealed = Buffer.from(text, 'base64');
    if (sealed.length < tagBytes) throw badRequest('the message is too short to be sealed');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce(this.#counter), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(additionalData);
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    const plaintext = decipher.update(sealed.subarray(0, -tagBytes));
    try {
      decipher.final();
    } catch (cause) {
      throw badRequest('the message was not sealed for this place in this connection', { cause });
    }
    return plaintext.toString('utf8');
  }
}

function nonce(counter: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(counter), 4);
  return bytes;
}

function sealedData(counter: number): Buffer {
  return Buffer.from(`{"counter":${counter},"type":"sealed"}`);
}

/** Canonical JSON of every member but `sealed`, written out: it is made for each node of each change. */
function stateData(counter: number, header: Omit<State, 'sealed'>): Buffer {
  const { type, reset, from, to, final, incomplete = false } = header;
  const [typeText, digest] = [JSON.stringify(type), JSON.stringify(header.digest)];
  return Buffer.from(
    `{"counter":${counter},"digest":${digest},"final":${final},"from":${from},"incomplete":${incomplete},"reset":${reset},"to":${to},"type":${typeText}}`,
  );
}
