// The node's HTTP server: plain node:http, since almost every response is prepared, behind a fast path for known
// request heads. Rejects every method but GET, HEAD and OPTIONS, long headers and slow clients.

import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { hostFault } from '../../runtime/host-header.ts';
import { createServer } from '../../runtime/node-http.ts';
import { takeRequestsOneByOne } from '../../runtime/pipelining.ts';
import { strictTransport, type TlsFiles } from '../../runtime/tls-files.ts';
import { trackHandshakes } from '../../runtime/tls-handshakes.ts';
import type { NodeLog } from '../node-log.ts';
import { FastPath } from './fast-path.ts';
import { type Fault, findRoute, type RouteResponse, type RouteSources } from './node-routes.ts';
import { matchesEtag, type PublishedResponse } from './published-response.ts';
import { pathSegments } from './request-path.ts';
import { ResponseCache } from './response-cache.ts';
import { cutStalledClients } from './stalled-clients.ts';

export interface NodeServerOptions extends RouteSources {
  readonly clock: () => number;
  readonly log: NodeLog;
  /** Plain HTTP without it. */
  readonly tls?: TlsFiles | undefined;
}

export interface NodeServer {
  readonly server: Server;
  /** Answers under way are given a second. */
  close(): Promise<void>;
}

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
/** A client that does not take a response within one to two of these is cut off. */
const stalledMs = 60_000;
const closeMs = 1_000;

export function createNodeServer(options: NodeServerOptions): NodeServer {
  const { metrics, clock, log } = options;
  const keepAliveSeconds = limits.keepAliveTimeout / 1_000;
  const answers = new ResponseCache({ sources: options, clock, keepAliveSeconds });

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    try {
      const firstBytes = fastPath?.takeFirstBytes(request);
      if (fastPath === undefined) response.setHeader('Strict-Transport-Security', strictTransport);
      // Before anything is learned: the fast path never answers such a request.
      const badHost = hostFault(request);
      if (badHost !== undefined) {
        metrics.requests(unknownRoute, 400).count += 1;
        sendFault(request, response, { status: 400, code: 'bad_request', text: badHost, hangsUp: true });
        return;
      }
      const ready = request.method === 'GET' ? answers.find(request.url ?? '') : undefined;
      if (ready === undefined) {
        answer(request, response).catch((error: unknown) => onFailed(request, response, error));
        return;
      }
      if (firstBytes !== undefined) fastPath?.learn(firstBytes, request);
      sendPublished(request, response, ready.published);
      (response.statusCode === 304 ? ready.notModified : ready.found).requests.count += 1;
    } catch (error) {
      onFailed(request, response, error);
    }
  }

  function onFailed(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    log.error({ err: error }, 'a request failed');
    if (response.headersSent) response.destroy();
    else sendFault(request, response, unexpected);
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
    if (request.method === 'OPTIONS') return sendPreflight(response, match.isPublic);
    if (request.method !== 'GET' && request.method !== 'HEAD') return sendFault(request, response, badMethod);
    send(request, response, await match.answer(options), match.isPublic);
  }

  const { server, endHandshakes } = listener(onRequest, options.tls);
  takeRequestsOneByOne(server);
  // It stands between a plain connection and node:http; below TLS there are no bytes that could be compared.
  const fastPath =
    options.tls === undefined
      ? new FastPath(server, {
          answers,
          keepAliveTimeoutMs: limits.keepAliveTimeout,
          checkEveryMs: limits.connectionsCheckingInterval,
        })
      : undefined;
  cutStalledClients(server, stalledMs);
  return { server, close: () => close({ server, endHandshakes, fastPath }) };
}

interface Listener {
  readonly server: Server;
  /** Destroys connections whose TLS handshake is under way. */
  endHandshakes(): void;
}

function listener(onRequest: RequestListener, tls: TlsFiles | undefined): Listener {
  if (tls === undefined) return { server: createServer(limits, onRequest), endHandshakes: () => undefined };
  const server = createTlsServer({ ...limits, ...tls.serverOptions }, onRequest);
  tls.follow(server);
  return { server, endHandshakes: trackHandshakes(server) };
}

async function close({
  server,
  endHandshakes,
  fastPath,
}: Listener & { fastPath: FastPath | undefined }): Promise<void> {
  const cut = setTimeout(() => {
    server.closeAllConnections();
    fastPath?.closeAll();
  }, closeMs);
  const closed = new Promise((resolve) => server.close(resolve));
  endHandshakes();
  fastPath?.closeIdle();
  await closed;
  clearTimeout(cut);
}

function sendPublished(
  request: IncomingMessage,
  response: ServerResponse,
  published: PublishedResponse,
): void {
  if (isKnownToClient(request, published)) {
    response.writeHead(304, published.notModifiedHeaders as string[]).end();
    return;
  }
  response.writeHead(200, published.headers as string[]);
  if (request.method === 'HEAD') response.end();
  else if (published.payload !== undefined) response.end(published.payload, 'latin1');
  else {
    // node:http writes them with the head at once.
    for (const piece of published.pieces) response.write(piece);
    response.end();
  }
}

function isKnownToClient(request: IncomingMessage, published: PublishedResponse): boolean {
  const ifNoneMatch = request.headers['if-none-match'];
  return ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, published.etag);
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: RouteResponse,
  isPublic: boolean,
): void {
  if ('fault' in answer) {
    sendFault(request, response, answer.fault);
    return;
  }
  if ('published' in answer) {
    sendPublished(request, response, answer.published);
    return;
  }
  const [type, text] =
    'json' in answer ? [jsonType, JSON.stringify(answer.json)] : [answer.type, answer.text];
  sendText(request, response, {
    status: 200,
    headers: ['Content-Type', type, 'Cache-Control', 'no-store', ...(isPublic ? anyOrigin : [])],
    text,
  });
}

function sendFault(request: IncomingMessage, response: ServerResponse, fault: Fault): void {
  const text = JSON.stringify({ error: fault.code, error_description: fault.text });
  const headers = [
    'Content-Type',
    jsonType,
    'Cache-Control',
    'no-store',
    ...anyOrigin,
    ...(fault.headers ?? []),
  ];
  // What such a request still carries is not read: the connection ends with the response.
  if (fault.hangsUp || (request.method !== 'GET' && request.method !== 'HEAD'))
    headers.push('Connection', 'close');
  sendText(request, response, { status: fault.status, headers, text });
}

function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, text }: { status: number; headers: readonly string[]; text: string },
): void {
  const body = Buffer.from(text);
  response.writeHead(status, [...headers, 'Content-Length', String(body.length)]);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Any page may read what is public (Fetch standard, CORS preflight). */
function sendPreflight(response: ServerResponse, isPublic: boolean): void {
  const allowed = ['Access-Control-Allow-Methods', methods, 'Access-Control-Allow-Headers', '*'];
  const cors = isPublic ? [...anyOrigin, ...allowed, 'Access-Control-Max-Age', '86400'] : [];
  response.writeHead(204, [...cors, 'Allow', methods]);
  response.end();
}

const unexpected: Fault = { status: 500, code: 'internal_error', text: 'An unexpected error occurred' };
const badPath: Fault = { status: 400, code: 'bad_request', text: 'The path is not percent-encoded UTF-8' };
const noRoute: Fault = {
  status: 404,
  code: 'not_found',
  text: 'There is no such route on a node; JWK Sets are at /projects/{projectName}/.well-known/jwks.json',
};
const badMethod: Fault = {
  status: 405,
  code: 'method_not_allowed',
  text: `A node only publishes: use one of ${methods}`,
  headers: ['Allow', methods],
};
