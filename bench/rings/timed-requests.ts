// Clients that send one request after the other on kept connections, and time each answer, of any length.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface TimedRequests {
  /** Milliseconds of each, in no order. */
  readonly ms: readonly number[];
  readonly tookMs: number;
}

export interface TimedOrder {
  /** Of the server. */
  readonly url: string;
  /** With its head and body. */
  readonly request: string;
  readonly connections: number;
  /** They go on until this number is answered, and the work beside them is done. */
  readonly atLeast: number;
}

/** @param beside done meanwhile, from the first answer on */
export async function timedRequests(
  { url, request, connections, atLeast }: TimedOrder,
  beside: () => Promise<unknown> = async () => undefined,
): Promise<TimedRequests> {
  const ms: number[] = [];
  let isDone = false;
  const startedMs = performance.now();
  const client = async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname).setNoDelay();
    await once(socket, 'connect');
    while (!isDone || ms.length < atLeast) {
      const sentMs = performance.now();
      socket.write(request);
      await wholeAnswer(socket);
      ms.push(performance.now() - sentMs);
    }
    socket.destroy();
  };
  const work = beside().finally(() => {
    isDone = true;
  });
  await Promise.all([work, ...Array.from({ length: connections }, client)]);
  return { ms, tookMs: performance.now() - startedMs };
}

function wholeAnswer(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let awaited: number | undefined;
    let received = 0;
    const onData = (chunk: Buffer) => {
      received += chunk.length;
      if (awaited === undefined) {
        const head = chunk.toString('latin1', 0, 1024);
        if (!head.startsWith('HTTP/1.1 200')) return reject(new Error(head));
        const length = /content-length: (\d+)/i.exec(head)?.[1] ?? '0';
        awaited = head.indexOf('\r\n\r\n') + 4 + Number(length);
      }
      if (received < awaited) return;
      socket.off('data', onData).off('error', reject);
      resolve();
    };
    socket.on('data', onData).on('error', reject);
  });
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
