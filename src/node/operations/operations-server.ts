// The operations listener of a node: plain node:http, for applications that are known by their tokens. It rejects, before it
// reads a body: other routes (404) and methods (405), unknown, expired and replaced tokens (401), what is not granted (403,
// whether or not it exists); then other types of body (415), and bodies that are too large (413).

import { hash } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { errorStatus, isKeyplaneError, type KeyplaneError } from '../../errors.ts';
import { utf8Of } from '../../operations/compact-jws.ts';
import { takeRequestsOneByOne } from '../../runtime/pipelining.ts';
import type { TlsFiles } from '../../runtime/tls-files.ts';
import { trackHandshakes } from '../../runtime/tls-handshakes.ts';
import type { NodeLog } from '../node-log.ts';
import type { NodeState } from '../node-state.ts';
import { pathSegments } from '../serve/request-path.ts';
import { cutStalledClients } from '../serve/stalled-clients.ts';
import type { OperationFault } from './operation-fault.ts';
import type { CallingApplication, Operation, OperationIndex, TargetKind } from './operation-index.ts';
import type { OperationTarget } from './operation-target.ts';
import type { PerformOperation } from './perform-operation.ts';
import type { RefusalLog } from './refusal-log.ts';
import { readBody } from './request-body.ts';

export interface OperationsServerOptions {
  readonly state: Pick<NodeState, 'ready'>;
  readonly index: Pick<OperationIndex, 'caller' | 'target'>;
  readonly perform: PerformOperation;
  /** The manager's time, milliseconds since 1970. */
  readonly now: () => number;
  readonly refusals: RefusalLog;
  readonly log: NodeLog;
  /** Plain HTTP without it. */
  readonly tls?: TlsFiles | undefined;
}

export interface OperationsServer {
  readonly server: Server;
  /** Answers under way are given a second. */
  close(): Promise<void>;
}

interface Route {
  readonly project: string;
  readonly kind: TargetKind;
  readonly name: string;
  readonly operation: Operation;
}

interface Admitted extends Route {
  readonly application: CallingApplication;
  readonly target: OperationTarget;
}

const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};
const stalledMs = 60_000;
const closeMs = 1_000;
const jsonType = 'application/json; charset=utf-8';

export function createOperationsServer(options: OperationsServerOptions): OperationsServer {
  const { state, index, perform, now, refusals, log, tls } = options;

  function onRequest(request: IncomingMessage, response: ServerResponse, expectsContinue = false): void {
    const admitted = admit(request);
    if ('status' in admitted) {
      sendFault(response, admitted);
      return;
    }
    serve(request, response, { admitted, expectsContinue }).catch((error: unknown) => {
      refuse(response, admitted, error);
    });
  }

  function admit(request: IncomingMessage): Admitted | OperationFault {
    const route = routeOf(request.url ?? '');
    if (route === undefined) return noRoute;
    if (request.method !== 'POST') return badMethod;
    if (!state.ready) return notReady;
    const application = callerOf(request.headers.authorization);
    if (application === undefined) {
      refusals.report(
        { project: route.project, key: route.name, operation: route.operation },
        invalidToken.text,
      );
      return invalidToken;
    }
    const { project, kind, name, operation } = route;
    const target = application.project === project ? index.target(project, kind, name) : undefined;
    if (target === undefined || application.grants.get(target.id)?.has(operation) !== true) {
      refusals.report({ application: application.name, project, key: name, operation }, notGranted.text);
      return notGranted;
    }
    return { ...route, application, target };
  }

  function callerOf(authorization: string | undefined): CallingApplication | undefined {
    const token = authorization === undefined ? undefined : bearerPattern.exec(authorization)?.[1];
    if (token === undefined) return undefined;
    // What is compared is a hash that no caller can choose, so the time of the look-up reveals nothing of a token.
    const application = index.caller(hash('sha256', token, 'hex'));
    if (application === undefined) return undefined;
    const { validUntil } = application;
    return validUntil === null || now() < validUntil ? application : undefined;
  }

  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    { admitted, expectsContinue }: { readonly admitted: Admitted; readonly expectsContinue: boolean },
  ): Promise<void> {
    const body = await readBody(request, expectsContinue ? () => response.writeContinue() : undefined);
    if (body === undefined) return;
    if (!Buffer.isBuffer(body)) {
      sendFault(response, body);
      return;
    }
    const bodyText = utf8Of(body);
    if (bodyText === undefined) {
      sendFault(response, notUtf8);
      return;
    }
    const { application, target, operation } = admitted;
    sendText(response, 200, await perform({ application, target, operation, bodyText }));
  }

  function refuse(response: ServerResponse, admitted: Admitted, error: unknown): void {
    if (response.headersSent) {
      log.error({ err: error }, 'an operation failed');
      response.destroy();
      return;
    }
    if (!isKeyplaneError(error)) {
      log.error({ err: error }, 'an operation failed');
      sendFault(response, unexpected);
      return;
    }
    const { application, project, name: key, operation } = admitted;
    refusals.report({ application: application.name, project, key, operation }, error.message);
    sendFault(response, faultOf(error));
  }

  const { server, endHandshakes } = listener((request, response) => onRequest(request, response), tls);
  // A client that waits before it sends its body is answered before it does, where it is rejected.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    onRequest(request, response, true),
  );
  takeRequestsOneByOne(server);
  cutStalledClients(server, stalledMs);
  return {
    server,
    async close() {
      if (!server.listening) return;
      const cut = setTimeout(() => server.closeAllConnections(), closeMs);
      const closed = new Promise((resolve) => server.close(resolve));
      endHandshakes();
      await closed;
      clearTimeout(cut);
    },
  };
}

function listener(onRequest: RequestListener, tls: TlsFiles | undefined) {
  if (tls === undefined) return { server: createServer(limits, onRequest), endHandshakes: () => undefined };
  const server = createTlsServer({ ...limits, ...tls.serverOptions }, onRequest);
  tls.follow(server);
  return { server, endHandshakes: trackHandshakes(server) };
}

const bearerPattern = /^Bearer +([\w.~+/-]+=*) *$/i;
const operations: Readonly<Record<string, Operation | undefined>> = Object.assign(Object.create(null), {
  sign: 'SIGN',
  verify: 'VERIFY',
});

function routeOf(target: string): Route | undefined {
  const segments = pathSegments(target);
  if (segments?.length !== 5) return undefined;
  const [first, project = '', kind, name = '', verb = ''] = segments;
  const operation = operations[verb];
  if (first !== 'projects' || (kind !== 'key-rings' && kind !== 'jwks')) return undefined;
  return operation && { project, kind, name, operation };
}

function faultOf(error: KeyplaneError): OperationFault {
  const { code, message, reason, member, retryAfterSeconds } = error;
  return { status: errorStatus[code], code, text: message, reason, member, retryAfterSeconds };
}

function sendFault(response: ServerResponse, fault: OperationFault): void {
  const { status, code, text, reason, member, retryAfterSeconds, headers = [], closes } = fault;
  const body = {
    error: code,
    error_description: text,
    reason,
    ...(member !== undefined && { member }),
    ...(retryAfterSeconds !== undefined && { retry_after: retryAfterSeconds }),
  };
  const retryAfter = retryAfterSeconds === undefined ? [] : ['Retry-After', String(retryAfterSeconds)];
  const connection = closes ? ['Connection', 'close'] : [];
  sendText(response, status, JSON.stringify(body), [...headers, ...retryAfter, ...connection]);
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: readonly string[] = [],
): void {
  response.writeHead(status, [
    'Content-Type',
    jsonType,
    'Cache-Control',
    'no-store',
    'Content-Length',
    String(Buffer.byteLength(text)),
    ...headers,
  ]);
  response.end(text);
}

const unexpected: OperationFault = {
  status: 500,
  code: 'internal_error',
  text: 'An unexpected error occurred',
  reason: 'INTERNAL',
};
const noRoute: OperationFault = {
  status: 404,
  code: 'not_found',
  text: 'There is no such operation; those of a key ring are at /projects/{projectName}/key-rings/{keyRingName}/sign and /verify, those of a JWK at /projects/{projectName}/jwks/{jwkName}/sign and /verify',
  reason: 'ROUTE_NOT_FOUND',
};
const badMethod: OperationFault = {
  status: 405,
  code: 'method_not_allowed',
  text: 'An operation is a POST',
  reason: 'ROUTE_NOT_FOUND',
  headers: ['Allow', 'POST'],
};
const notReady: OperationFault = {
  status: 503,
  code: 'unavailable',
  text: 'This node does not have its first state from the manager yet',
  reason: 'UNAVAILABLE',
  retryAfterSeconds: 1,
};
const invalidToken: OperationFault = {
  status: 401,
  code: 'unauthorized_client',
  text: 'Invalid token',
  reason: 'TOKEN_NOT_VALID',
  headers: ['WWW-Authenticate', 'Bearer'],
};
const notGranted: OperationFault = {
  status: 403,
  code: 'forbidden',
  text: 'You do not have permission to perform this action',
  reason: 'ROLE_MISSING',
};
const notUtf8: OperationFault = {
  status: 400,
  code: 'bad_request',
  text: 'Request body is not valid UTF-8!',
  reason: 'REQUEST_NOT_VALID',
};
