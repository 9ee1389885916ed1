// Tests of outlets at one node, over its stream. The node answers each once; what it does not answer in time counts as not answered.

import type { OutletTested, TestOutlet } from '../protocol/messages.ts';

export type OutletTestResult =
  /** Null: the node could deliver it. */
  { readonly error: string | null } | 'NO_ANSWER';

export class OutletTests {
  readonly #send: (message: TestOutlet) => void;
  readonly #pending = new Map<number, (result: OutletTestResult) => void>();
  #latest = 0;

  constructor(send: (message: TestOutlet) => void) {
    this.#send = send;
  }

  run(outletId: string, timeoutMs: number): Promise<OutletTestResult> {
    const test = ++this.#latest;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(test, 'NO_ANSWER'), timeoutMs);
      this.#pending.set(test, (result) => {
        clearTimeout(timer);
        resolve(result);
      });
      this.#send({ type: 'test-outlet', test, outletId });
    });
  }

  answered({ test, error }: OutletTested): void {
    this.#settle(test, { error });
  }

  /** The stream has ended. */
  close(): void {
    for (const test of [...this.#pending.keys()]) this.#settle(test, 'NO_ANSWER');
  }

  #settle(test: number, result: OutletTestResult): void {
    const settle = this.#pending.get(test);
    this.#pending.delete(test);
    settle?.(result);
  }
}
