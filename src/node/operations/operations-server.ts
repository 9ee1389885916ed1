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
import { isKeyplaneError, KeyplaneError } from '../../errors.ts';
import { utf8Of } from '../../operations/compact-jws.ts';
import { takeRequestsOneByOne } from '../../runtime/pipelining.ts';
import type { TlsFiles } from '../../runtime/tls-files.ts';
import { trackHandshakes } from '../../runtime/tls-handshakes.ts';
import type { NodeLog } from '../node-log.ts';
import type { NodeState } from '../node-state.ts';
import { cutStalledClients } from '../serve/stalled-clients.ts';
import type { CallingApplication, Grant } from './callers/calling-application.ts';
import type { TokenBucket } from './callers/token-bucket.ts';
import { isGranted, type OperationRoute, operationRoute } from './node-operation.ts';
import type { OperationFault } from './operation-fault.ts';
import {
  badMethod,
  faultOf,
  invalidToken,
  noRoute,
  notGranted,
  notReady,
  notUtf8,
  rateExceeded,
  sendFault,
  sendText,
  unexpected,
} from './operation-faults.ts';
import type { OperationIndex } from './operation-index.ts';
import type { OperationTarget } from './operation-target.ts';
import type { PerformOperation } from './perform-operation.ts';
import type { RefusalLog } from './refusal-log.ts';
import { readBody } from './request-body.ts';
import type { TokenIssuer } from './token-issuer.ts';

export interface OperationsServerOptions {
  readonly state: Pick<NodeState, 'ready'>;
  readonly index: Pick<OperationIndex, 'callers' | 'target'>;
  readonly perform: PerformOperation;
  readonly issuer: TokenIssuer | undefined;
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

/** What a request may use: found, and granted to its application. */
interface Admitted {
  readonly route: OperationRoute;
  readonly application: CallingApplication;
  readonly grant: Grant;
  /** Of a key; undefined for a token profile. */
  readonly target: OperationTarget | undefined;
  /** Of the ring, the JWK or the token profile. */
  readonly targetId: string;
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

export function createOperationsServer(options: OperationsServerOptions): OperationsServer {
  const { state, index, perform, issuer, now, refusals, log, tls } = options;

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
    const route = operationRoute(request.url ?? '');
    if (route === undefined) return noRoute;
    if (request.method !== 'POST') return badMethod;
    if (!state.ready) return notReady;
    const { project, name: key, operation } = route;
    const application = callerOf(request.headers.authorization);
    if (application === undefined) {
      refusals.report({ project, key, operation }, invalidToken.text);
      return invalidToken;
    }
    const admitted = find(route, application);
    if (admitted === undefined) {
      refusals.report({ application: application.name, project, key, operation }, notGranted.text);
      return notGranted;
    }
    const { bucket } = admitted.grant;
    if (bucket !== undefined && !bucket.take(1)) {
      const fault = rateExceeded(bucket.msUntil(1));
      refusals.report({ application: application.name, project, key, operation }, fault.text);
      return fault;
    }
    return admitted;
  }

  /** Undefined for what is not there and for what is not granted. */
  function find(route: OperationRoute, application: CallingApplication): Admitted | undefined {
    const { project, kind, name } = route;
    if (application.project !== project) return undefined;
    const target = kind === 'token-profiles' ? undefined : index.target(project, kind, name);
    const targetId = kind === 'token-profiles' ? issuer?.profileId(project, name) : target?.id;
    const grant = targetId === undefined ? undefined : application.grants.get(targetId);
    if (targetId === undefined || grant === undefined || !isGranted(grant.operations, route))
      return undefined;
    return { route, application, grant, target, targetId };
  }

  function callerOf(authorization: string | undefined): CallingApplication | undefined {
    const token = authorization === undefined ? undefined : bearerPattern.exec(authorization)?.[1];
    if (token === undefined) return undefined;
    // What is compared is a hash that no caller can choose, so the time of the look-up reveals nothing of a token.
    const application = index.callers.byToken(hash('sha256', token, 'hex'));
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
    sendText(response, 200, await answerTo(admitted, bodyText));
  }

  function answerTo(
    { route, application, grant, target, targetId }: Admitted,
    bodyText: string,
  ): Promise<string> {
    if (route.operation !== 'ISSUE' && target !== undefined) {
      const takeItems = (count: number) => takeBatch(grant.bucket, count);
      const { operation } = route;
      const granted = grant.operations;
      return perform({ application, target, operation, bodyText, granted, takeItems });
    }
    if (issuer === undefined) throw new KeyplaneError('unavailable', 'This node issues no tokens!');
    return issuer.issue({ application, profileId: targetId, bodyText });
  }

  function refuse(response: ServerResponse, { application, route }: Admitted, error: unknown): void {
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
    const { project, name: key, operation } = route;
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

/** The rest of a batch: the rate of one item was taken when the request was admitted. */
function takeBatch(bucket: TokenBucket | undefined, count: number): void {
  if (bucket === undefined || count <= 1 || bucket.take(count - 1)) return;
  // What is refused as a whole takes nothing.
  bucket.giveBack(1);
  const { code, text, retryAfterSeconds = 1 } = rateExceeded(bucket.msUntil(count));
  throw new KeyplaneError(code as 'rate_limit_exceeded', text, { retryAfterSeconds });
}
