// What the server of a source URL responses with.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Item } from '../../api/support/project-api.ts';
import { makeCurveKey, publicHalf } from '../../api/support/sample-keys.ts';

export type Page = (request: IncomingMessage, response: ServerResponse) => void;

export const json =
  (document: unknown, headers: Record<string, string> = {}): Page =>
  (_request, response) =>
    response.writeHead(200, headers).end(JSON.stringify(document));

export const fails: Page = (_request, response) => response.writeHead(503).end();

export const freshKey = (kid?: string): Item => ({
  ...publicHalf(makeCurveKey('P-256')),
  ...(kid !== undefined && { kid }),
});
