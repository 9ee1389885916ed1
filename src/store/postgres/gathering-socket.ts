import { Socket } from 'node:net';

type Written = (error?: Error | null) => void;

/** What is written in one turn of the event loop leaves in one system call: statements that are sent together arrive together. */
export class GatheringSocket extends Socket {
  #isGathering = false;

  override write(data: string | Uint8Array, callback?: Written): boolean;
  override write(data: string | Uint8Array, encoding?: BufferEncoding, callback?: Written): boolean;
  override write(...given: unknown[]): boolean {
    if (!this.#isGathering) {
      this.#isGathering = true;
      this.cork();
      process.nextTick(() => {
        this.#isGathering = false;
        this.uncork();
      });
    }
    return Reflect.apply(super.write, this, given);
  }
}
