// A record on the disk of the node, sealed: what changes is there within a second, and all of it once it is closed.

import { readFile } from 'node:fs/promises';
import { replaceFile } from '../../runtime/durable-file.ts';
import { openBytes, sealBytes } from '../../sealing/aead.ts';
import type { NodeLog } from '../node-log.ts';

export interface KeptRecordOptions {
  readonly path: string;
  readonly key: Buffer;
  /** Binds the record to what it is. */
  readonly additionalData: string;
  /** As log lines name it. */
  readonly title: string;
  readonly log: NodeLog;
}

const keepEveryMs = 1_000;

/** `T` is what `JSON.parse` returns of its JSON. */
export class KeptRecord<T> {
  /** As it was when it was opened; undefined where there was none, or one that cannot be read. */
  readonly kept: T | undefined;
  readonly #options: KeptRecordOptions;
  #current: (() => T) | undefined;
  #hasChanged = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  static async open<T>(options: KeptRecordOptions): Promise<KeptRecord<T>> {
    return new KeptRecord<T>(options, await read<T>(options));
  }

  private constructor(options: KeptRecordOptions, kept: T | undefined) {
    this.#options = options;
    this.kept = kept;
  }

  /** @param current what is written, as it is at that moment */
  follow(current: () => T): void {
    this.#current = current;
    this.#timer ??= setInterval(() => this.#keepLater(), keepEveryMs).unref();
  }

  changed(): void {
    this.#hasChanged = true;
  }

  /** Resolves once all that changed before is on the disk. One write at a time. */
  keep(): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#write());
    return this.#writing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.keep().catch((error: unknown) => this.#warn(error));
  }

  #keepLater(): void {
    this.keep().catch((error: unknown) => this.#warn(error));
  }

  #warn(error: unknown): void {
    const { title, log } = this.#options;
    log.warn({ err: error }, `${title} could not be written to the disk`);
  }

  async #write(): Promise<void> {
    if (!this.#hasChanged || this.#current === undefined) return;
    this.#hasChanged = false;
    try {
      await writeKept(this.#options, this.#current());
    } catch (error) {
      this.#hasChanged = true;
      throw error;
    }
  }
}

/** Replaces the record as a whole: on the disk when it resolves. */
export async function writeKept(
  { path, key, additionalData }: KeptRecordOptions,
  value: unknown,
): Promise<void> {
  const sealed = sealBytes(key, Buffer.from(JSON.stringify(value)), Buffer.from(additionalData));
  await replaceFile(path, sealed, { mode: 0o600, temporary: `${path}.new` });
}

async function read<T>({ path, key, additionalData, title, log }: KeptRecordOptions): Promise<T | undefined> {
  try {
    const opened = openBytes(key, await readFile(path), Buffer.from(additionalData));
    // Safe to cast: only what this node sealed opens.
    return JSON.parse(opened.toString('utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      log.error({ file: path }, `${title} cannot be read: it begins again`);
    }
    return undefined;
  }
}
