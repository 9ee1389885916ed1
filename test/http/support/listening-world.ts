// A server that listens, for clients that send raw bytes.

import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import type { ServerLimits } from '../../../src/http/limits/server-limits.ts';
import { type HttpWorld, openHttpWorld } from './http-world.ts';
import { answerIn, rawSocket } from './raw-socket.ts';

export interface ListeningWorld extends HttpWorld {
  readonly port: number;
  /** The header that authenticates the administrator. */
  readonly bearer: string;
  /** A well-behaved client on another connection gets an answer. */
  othersAreServed(): Promise<void>;
  /** How many connections there are. */
  connectionCount(): Promise<number>;
}

export async function openListeningWorld(limits: Partial<ServerLimits> = {}): Promise<ListeningWorld> {
  const world = await openHttpWorld({ server: { limits } });
  await world.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = world.app.server.address() as AddressInfo;
  const bearer = `Authorization: Bearer ${world.tokens.admin}`;
  return {
    ...world,
    port,
    bearer,
    async othersAreServed() {
      const request = `${requestLine('GET', '/apiops/projects/')}${bearer}\r\nConnection: close\r\n\r\n`;
      const { status, body } = answerIn(await (await rawSocket(port, request)).ended);
      expect({ status, body }).toMatchObject({ status: 200, body: { success: true } });
    },
    connectionCount: () =>
      new Promise((resolve, reject) =>
        world.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
  };
}

export function requestLine(method: string, path: string): string {
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n`;
}

export interface Post {
  /** `Content-Length: …` or `Transfer-Encoding: chunked`, and other headers after it. */
  readonly length: string;
  readonly type?: string;
  readonly path?: string;
}

/** The request up to its body. */
export function postHead(world: ListeningWorld, post: Post): string {
  const { length, type = 'application/json', path = '/apiops/projects/' } = post;
  return `${requestLine('POST', path)}${world.bearer}\r\nContent-Type: ${type}\r\n${length}\r\n\r\n`;
}

/** The answer that refuses. */
export function refused(status: number, error: string, text: RegExp | string) {
  const error_description = typeof text === 'string' ? text : expect.stringMatching(text);
  return { status, body: { error, error_description, reason: expect.any(String) } };
}
