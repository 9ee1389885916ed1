// One record in the log: 16 bytes in the clear, then what is sealed. The sealed part opens only in the log, the
// environment, the transaction and the place in order that it was written for.

import { type AeadKey, openBytes, sealBytes } from '../../sealing/aead.ts';

export const frameHeaderBytes = 16;
/** Room for a keystore of 10 MiB in base64 and all around it. */
const longestSealed = 32 * 1024 * 1024;
export const frameMark = Buffer.from('KPF1', 'latin1');

/** Which log this is; the same in every record's additional data. */
export interface LogIdentity {
  /** Random for every file: a record of an older file of the same node does not open in this one. */
  readonly log: string;
  readonly environmentId: string;
}

/** Place in the order of writing. */
export interface FrameOrder {
  readonly transaction: number;
  readonly sequence: number;
}

export interface FrameHeader extends FrameOrder {
  readonly sealedBytes: number;
}

/** @throws Error for what would be too long to be read again */
export function sealFrame(key: AeadKey, binding: LogIdentity & FrameOrder, plaintext: Uint8Array): Buffer {
  const sealed = sealBytes(key, plaintext, additionalData(binding));
  if (sealed.length > longestSealed)
    throw new Error(`a record of ${sealed.length} bytes is too long for the copy`);
  const header = Buffer.alloc(frameHeaderBytes);
  frameMark.copy(header);
  header.writeUInt32BE(sealed.length, 4);
  header.writeUInt32BE(binding.transaction, 8);
  header.writeUInt32BE(binding.sequence, 12);
  return Buffer.concat([header, sealed]);
}

export function readFrameHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < frameHeaderBytes || !bytes.subarray(0, 4).equals(frameMark)) return undefined;
  const sealedBytes = bytes.readUInt32BE(4);
  if (sealedBytes > longestSealed) return undefined;
  return { sealedBytes, transaction: bytes.readUInt32BE(8), sequence: bytes.readUInt32BE(12) };
}

/** Undefined when it was altered, belongs elsewhere, or the key is another one. */
export function openFrame(
  key: AeadKey,
  binding: LogIdentity & FrameOrder,
  sealed: Buffer,
): Buffer | undefined {
  try {
    return openBytes(key, sealed, additionalData(binding));
  } catch {
    return undefined;
  }
}

function additionalData({ log, environmentId, transaction, sequence }: LogIdentity & FrameOrder): Buffer {
  return Buffer.from(JSON.stringify(['keyplane node state', log, environmentId, transaction, sequence]));
}
