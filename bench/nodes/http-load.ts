import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface LoadedServer {
  readonly url: string;
  /** Processor time used so far, in microseconds. */
  usedMicros(): Promise<number>;
}

const usualConnections = 16;

/** @returns requests for a second of the server's processor time */
export async function load(server: LoadedServer, request: string, total: number): Promise<number> {
  return (await loadOn(usualConnections, server, request, total)).perCpuSecond;
}

interface Load {
  readonly perCpuSecond: number;
  /** By the clock. */
  readonly perSecond: number;
}

async function loadOn(
  connections: number,
  server: LoadedServer,
  request: string,
  total: number,
): Promise<Load> {
  const { hostname, port } = new URL(server.url);
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(Number(port), hostname).setNoDelay();
      await once(socket, 'connect');
      return socket;
    }),
  );
  const [first] = sockets;
  if (!first) throw new Error('no connection');
  const answerBytes = await measureAnswer(first, request);
  const before = await server.usedMicros();
  const startMs = performance.now();
  await Promise.all(
    sockets.map((socket) => drive(socket, { request, answerBytes, count: total / connections })),
  );
  const ms = performance.now() - startMs;
  const usedMicros = (await server.usedMicros()) - before;
  for (const socket of sockets) socket.destroy();
  return { perCpuSecond: (total / usedMicros) * 1e6, perSecond: (total / ms) * 1e3 };
}

/** Length of one whole answer, head and body; every other answer to the same request is as long. */
async function measureAnswer(socket: Socket, request: string): Promise<number> {
  socket.write(request);
  let answer = Buffer.alloc(0);
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    answer = Buffer.concat([answer, chunk]);
    const headBytes = answer.indexOf('\r\n\r\n') + 4;
    if (headBytes < 4) continue;
    const length = /content-length: (\d+)/i.exec(answer.toString('latin1', 0, headBytes))?.[1] ?? '0';
    if (answer.length === headBytes + Number(length)) return answer.length;
  }
}

/** One request after the other on a kept connection; answers are counted by their bytes alone. */
function drive(
  socket: Socket,
  { request, answerBytes, count }: { request: string; answerBytes: number; count: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = 0;
    let sent = 1;
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received < sent * answerBytes) return;
      if (sent >= count) return resolve();
      sent += 1;
      socket.write(request);
    });
    socket.write(request);
  });
}
