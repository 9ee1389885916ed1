// Reads a log from its start. A crash can leave the last transaction torn, since it was not yet forced to the disk:
// what follows the last commit is then passed over. Anything wrong before a later transaction is damage, and so
// is a log without a single readable commit (another key, for one): damage is never guessed around.

import type { FileHandle } from 'node:fs/promises';
import { timeSlices } from '../../runtime/event-loop.ts';
import type { AeadKey } from '../../sealing/aead.ts';
import { type LogEnd, longestLogHead, type RecordLocation } from './log-file.ts';
import { frameHeaderBytes, frameMark, type LogIdentity, openFrame, readFrameHeader } from './log-frame.ts';
import { ReadWindow } from './read-window.ts';

export class DamagedLog extends Error {
  override readonly name = 'DamagedLog';
}

export interface LogVisitor {
  /** @returns true when the record commits all before it */
  record(plaintext: Buffer, location: RecordLocation): boolean;
}

export interface LoadedLog {
  readonly identity: LogIdentity;
  readonly end: LogEnd;
  /** Bytes after the last commit, to be cut off. */
  readonly tornBytes: number;
}

/** @throws DamagedLog */
export async function loadLog(handle: FileHandle, key: AeadKey, visitor: LogVisitor): Promise<LoadedLog> {
  const { size } = await handle.stat();
  const window = new ReadWindow(handle, size);
  const { identity, headBytes } = readHead(await window.read(0, Math.min(size, longestLogHead)));
  const nextSlice = timeSlices();
  let position = headBytes;
  let transaction = 1;
  let sequence = 0;
  let end: LogEnd | undefined;
  while (position < size) {
    const head = window.held(position, frameHeaderBytes) ?? (await window.read(position, frameHeaderBytes));
    const header = readFrameHeader(head);
    if (header?.transaction !== transaction || header.sequence !== sequence) break;
    const from = position + frameHeaderBytes;
    const sealed = window.held(from, header.sealedBytes) ?? (await window.read(from, header.sealedBytes));
    const plaintext =
      sealed.length === header.sealedBytes ? openFrame(key, { ...identity, ...header }, sealed) : undefined;
    if (!plaintext) break;
    const bytes = frameHeaderBytes + header.sealedBytes;
    const commits = visitor.record(plaintext, { offset: position, bytes });
    position += bytes;
    sequence += 1;
    if (commits) {
      transaction += 1;
      end = { offset: position, nextTransaction: transaction, nextSequence: sequence };
    }
    await nextSlice();
  }
  if (!end) throw new DamagedLog('no part of it opens with the key of this node');
  if (await hasLater(window, { key, identity, position, transaction })) {
    throw new DamagedLog(`a record before its end is damaged (at byte ${position})`);
  }
  return { identity, end, tornBytes: size - end.offset };
}

function readHead(bytes: Buffer): { readonly identity: LogIdentity; readonly headBytes: number } {
  const lineEnd = bytes.indexOf(0x0a);
  try {
    const head: unknown = JSON.parse(bytes.subarray(0, Math.max(lineEnd, 0)).toString('utf8'));
    const { keyplane, version, log, environmentId } = head as Record<string, unknown>;
    if (
      keyplane === 'node state' &&
      version === 1 &&
      typeof log === 'string' &&
      typeof environmentId === 'string'
    ) {
      return { identity: { log, environmentId }, headBytes: lineEnd + 1 };
    }
  } catch {
    // Not JSON: refused below like any other first line that is not ours.
  }
  throw new DamagedLog('its first line is not that of a sealed copy');
}

interface ScanStart {
  readonly key: AeadKey;
  readonly identity: LogIdentity;
  readonly position: number;
  readonly transaction: number;
}

/** Whether any record of a later transaction opens: one is only ever begun once all before it is on the disk. */
async function hasLater(window: ReadWindow, start: ScanStart): Promise<boolean> {
  const { key, identity, transaction } = start;
  const nextSlice = timeSlices();
  for (let position = start.position; position < window.size; ) {
    const bytes = await window.read(position, scanBytes);
    const found = bytes.indexOf(frameMark);
    if (found === -1) {
      position += Math.max(bytes.length - frameMark.length + 1, 1);
      continue;
    }
    position += found;
    const header = readFrameHeader(await window.read(position, frameHeaderBytes));
    if (header && header.transaction > transaction) {
      const sealed = await window.read(position + frameHeaderBytes, header.sealedBytes);
      if (openFrame(key, { ...identity, ...header }, sealed)) return true;
    }
    position += 1;
    await nextSlice();
  }
  return false;
}

const scanBytes = 64 * 1024;
