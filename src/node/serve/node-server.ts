// The node's HTTP server: plain node:http, since almost every request is for bytes that are ready. A set that was
// asked for once is found again by the request's own text, without parsing it. Refuses every method but GET, HEAD
// and OPTIONS, long headers and slow clients.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { NodeLog } from '../node-log.ts';
import type { RequestCount } from './node-metrics.ts';
import { type Answer, type Fault, findRoute, type RouteSources } from './node-routes.ts';
import { isValidAt, matchesEtag, type Published } from './published.ts';
import { pathSegments } from './request-path.ts';
import { cutStalledClients } from './stalled-clients.ts';

export interface NodeServerOptions extends RouteSources {
  readonly clock: () => number;
  readonly log: NodeLog;
}

interface Shortcut {
  readonly published: Published;
  readonly found: RequestCount;
  readonly notModified: RequestCount;
}

/** One path can be spelled in many ways (`%6a` for `j`): how many spellings are remembered. */
const shortcutLimit = 1024;
const methods = 'GET, HEAD, OPTIONS';
const jsonType = 'application/json; charset=utf-8';
const anyOrigin = ['Access-Control-Allow-Origin', '*'];
const unknownRoute = 'other';

const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};
/** A client that does not take an answer within one to two of these is cut off. */
const stalledMs = 60_000;

export function createNodeServer(options: NodeServerOptions): Server {
  const { sets, metrics, clock, log } = options;
  const shortcuts = new Map<string, Shortcut>();
  let generation = -1;

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    if (generation !== sets.generation) {
      shortcuts.clear();
      generation = sets.generation;
    }
    const known = request.method === 'GET' ? shortcuts.get(request.url ?? '') : undefined;
    if (known && isValidAt(known.published, clock())) {
      if (isKnownToClient(request, known.published)) {
        known.notModified.count += 1;
        response.writeHead(304, known.published.notModifiedHeaders as string[]).end();
      } else {
        known.found.count += 1;
        response.writeHead(200, known.published.headers as string[]).end(known.published.payload, 'latin1');
      }
      return;
    }
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a request failed');
      if (response.headersSent) return response.destroy();
      sendFault(request, response, unexpected);
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const segments = pathSegments(request.url ?? '');
    const match = segments && findRoute(segments);
    const route = match?.route ?? unknownRoute;
    response.on('finish', () => {
      metrics.requests(route, response.statusCode).count += 1;
    });
    if (!segments) return sendFault(request, response, badPath);
    if (!match) return sendFault(request, response, noRoute);
    if (request.method === 'OPTIONS') return sendPreflight(response);
    if (request.method !== 'GET' && request.method !== 'HEAD') return sendFault(request, response, badMethod);
    const found = await match.answer(options);
    if ('published' in found && request.method === 'GET' && generation === sets.generation) {
      if (shortcuts.size >= shortcutLimit) shortcuts.clear();
      shortcuts.set(request.url ?? '', {
        published: found.published,
        found: metrics.requests(route, 200),
        notModified: metrics.requests(route, 304),
      });
    }
    send(request, response, found);
  }

  const server = createServer(limits, onRequest);
  cutStalledClients(server, stalledMs);
  return server;
}

function isKnownToClient(request: IncomingMessage, published: Published): boolean {
  const ifNoneMatch = request.headers['if-none-match'];
  return ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, published.etag);
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if ('fault' in answer) {
    sendFault(request, response, answer.fault);
    return;
  }
  if ('published' in answer) {
    const { published } = answer;
    if (isKnownToClient(request, published)) {
      response.writeHead(304, published.notModifiedHeaders as string[]).end();
      return;
    }
    response.writeHead(200, published.headers as string[]);
    if (request.method === 'HEAD') response.end();
    else response.end(published.payload, 'latin1');
    return;
  }
  const [type, text] =
    'json' in answer ? [jsonType, JSON.stringify(answer.json)] : [answer.type, answer.text];
  sendText(request, response, {
    status: 200,
    headers: ['Content-Type', type, 'Cache-Control', 'no-store'],
    text,
  });
}

function sendFault(request: IncomingMessage, response: ServerResponse, fault: Fault): void {
  const text = JSON.stringify({ error: fault.code, error_description: fault.text });
  const headers = ['Content-Type', jsonType, 'Cache-Control', 'no-store', ...(fault.headers ?? [])];
  // What such a request still carries is not read: the connection ends with the answer.
  if (request.method !== 'GET' && request.method !== 'HEAD') headers.push('Connection', 'close');
  sendText(request, response, { status: fault.status, headers, text });
}

function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, text }: { status: number; headers: readonly string[]; text: string },
): void {
  const body = Buffer.from(text);
  response.writeHead(status, [...headers, 'Content-Length', String(body.length), ...anyOrigin]);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Any page may read what is public (Fetch standard, CORS preflight). */
function sendPreflight(response: ServerResponse): void {
  response.writeHead(204, [
    ...anyOrigin,
    ...['Access-Control-Allow-Methods', methods, 'Access-Control-Allow-Headers', '*'],
    ...['Access-Control-Max-Age', '86400', 'Allow', methods],
  ]);
  response.end();
}

const unexpected: Fault = { status: 500, code: 'internal_error', text: 'An unexpected error occurred' };
const badPath: Fault = { status: 400, code: 'bad_request', text: 'The path is not percent-encoded UTF-8' };
const noRoute: Fault = {
  status: 404,
  code: 'not_found',
  text: 'There is no such route on a node; JWK Sets are at /.well-known/jwks.json',
};
const badMethod: Fault = {
  status: 405,
  code: 'method_not_allowed',
  text: `A node only publishes: use one of ${methods}`,
  headers: ['Allow', methods],
};
