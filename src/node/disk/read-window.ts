import type { FileHandle } from 'node:fs/promises';

const windowBytes = 256 * 1024;

/**
 * Reads ahead, so that small records do not cost a trip to the disk each; always into the same piece of memory, so
 * that what it returns is good until the next read.
 */
export class ReadWindow {
  readonly size: number;
  readonly #handle: FileHandle;
  #memory: Buffer;
  #bytes: Buffer = Buffer.alloc(0);
  #offset = 0;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
    this.#memory = Buffer.allocUnsafeSlow(Math.min(windowBytes, size));
  }

  /** What was read ahead already, without a wait. */
  held(offset: number, length: number): Buffer | undefined {
    const at = offset - this.#offset;
    if (at < 0 || at + length > this.#bytes.length) return undefined;
    return this.#bytes.subarray(at, at + length);
  }

  /** Shorter than asked for at the end of the file. */
  async read(offset: number, length: number): Promise<Buffer> {
    const wanted = Math.max(Math.min(length, this.size - offset), 0);
    const held = this.held(offset, wanted);
    if (held) return held;
    if (wanted > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(wanted);
    const memory = this.#memory;
    let filled = 0;
    while (filled < memory.length) {
      const { bytesRead } = await this.#handle.read(memory, filled, memory.length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.#bytes = memory.subarray(0, filled);
    this.#offset = offset;
    return this.#bytes.subarray(0, Math.min(wanted, filled));
  }
}
