// One server of the JWK Set bench, in its own process: a node from a prepared data directory, or the bare
// node:http server that sends the very bytes which the node sent.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startNode } from '../../src/node/start-node.ts';

/** What the bare server answers with: all of it was the node's. */
export interface SameBytes {
  readonly body: string;
  readonly etag: string;
  readonly headers: readonly string[];
  readonly notModifiedHeaders: readonly string[];
}

export type ServerOrder =
  | { readonly dataDir: string; readonly publishDir: string }
  | { readonly same: SameBytes };

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function serve(order: ServerOrder): Promise<string> {
  if ('dataDir' in order) {
    const options = {
      host: '127.0.0.1',
      port: 0,
      environment: 'bench',
      name: 'bench',
      version: '0',
      logger: silent,
    };
    const { dataDir, publishDir } = order;
    return (
      await startNode({ ...options, dataDir, publishDir, managerUrl: 'http://127.0.0.1:1', token: undefined })
    ).url;
  }
  const { etag, headers, notModifiedHeaders } = order.same;
  const body = Buffer.from(order.same.body);
  const server = createServer((request, response) => {
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, notModifiedHeaders as string[]).end();
    } else {
      response.writeHead(200, headers as string[]).end(body);
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

// The first message states which server to start; every later one requests the processor time used so far, in
// microseconds.
let told = false;
process.on('message', (message: ServerOrder) => {
  if (told) {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
    return;
  }
  told = true;
  void serve(message).then((url) => process.send?.(url));
});
process.once('disconnect', () => process.exit());
