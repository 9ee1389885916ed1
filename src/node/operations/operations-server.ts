// The operations listener of a node: plain node:http, for applications that are known by their credentials. It rejects, before it
// reads a body: other routes (404) and methods (405), unknown, expired and replaced credentials (401), what is not granted
// (403, whether or not it exists), what it cannot perform soon (503) and what is above the rate of its grant (429); then other
// types of body (415), and bodies that are too large (413).

import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { isKeyplaneError, KeyplaneError } from '../../errors.ts';
import { utf8Of } from '../../operations/compact-jws.ts';
import type { GrantOperation } from '../../protocol/content.ts';
import { trackConnections } from '../../runtime/former-connections.ts';
import { hostFault } from '../../runtime/host-header.ts';
import { createServer } from '../../runtime/node-http.ts';
import { takeRequestsOneByOne } from '../../runtime/pipelining.ts';
import { strictTransport, type TlsFiles } from '../../runtime/tls-files.ts';
import { trackHandshakes } from '../../runtime/tls-handshakes.ts';
import type { NodeLog } from '../node-log.ts';
import type { NodeState } from '../node-state.ts';
import { pathSegments } from '../serve/request-path.ts';
import { cutStalledClients } from '../serve/stalled-clients.ts';
import type { Assertion, CallerGrant, CallingApplication } from './callers/calling-application.ts';
import { type CallerSources, current, identifyCaller } from './callers/identify-caller.ts';
import type { TokenBucket } from './callers/token-bucket.ts';
import type { EnteredRequest, LoadGuard } from './load-guard.ts';
import { grantedBy, type OperationRoute, operationRoute } from './node-operation.ts';
import type { OperationCounts } from './operation-counts.ts';
import type { OperationFault } from './operation-fault.ts';
import {
  badMethod,
  badProbeMethod,
  faultOf,
  hostRefused,
  invalidToken,
  noRoute,
  notGranted,
  notReady,
  notUtf8,
  overloaded,
  rateExceeded,
  sendFault,
  sendText,
  unexpected,
} from './operation-faults.ts';
import type { OperationIndex } from './operation-index.ts';
import type { OperationTarget } from './operation-target.ts';
import type { PerformOperation } from './perform-operation.ts';
import { countRings, type ReadinessSources, ringsOf } from './readiness.ts';
import type { RefusalLog } from './refusal-log.ts';
import { readRequestBody } from './request-body.ts';
import type { TokenIssuer } from './token-issuer.ts';

export interface OperationsServerOptions extends ReadinessSources {
  readonly state: Pick<NodeState, 'ready'>;
  readonly index: Pick<OperationIndex, 'target' | 'signingRings' | 'generation'>;
  readonly callers: CallerSources;
  readonly perform: PerformOperation;
  readonly issuer: TokenIssuer;
  readonly load: LoadGuard;
  readonly counts: OperationCounts;
  readonly refusals: RefusalLog;
  readonly log: NodeLog;
  /** Plain HTTP without it. */
  readonly tls?: TlsFiles | undefined;
}

export interface OperationsServer {
  readonly server: Server;
  /** Answers under way are given some seconds, and end their connections. */
  close(): Promise<void>;
}

/** What a request may use: found, and granted to its application. */
interface Admitted {
  readonly route: OperationRoute;
  readonly application: CallingApplication;
  readonly grant: CallerGrant;
  readonly rate: GrantedRate;
  /** Of a key; undefined for a token profile. */
  readonly target: OperationTarget | undefined;
  /** Of the ring, the JWK or the token profile. */
  readonly targetId: string;
}

/** A request whose body is there. */
interface Prepared {
  readonly charge: Charge;
  readonly bodyText: string;
  readonly entered: EnteredRequest;
}

const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};
const stalledMs = 60_000;
/** An operation waits for two seconds at most, and then runs. */
const closeMs = 3_000;

export function createOperationsServer(options: OperationsServerOptions): OperationsServer {
  const { state, index, callers, perform, issuer, load, counts, refusals, log, tls } = options;

  let isStopping = false;

  function onRequest(request: IncomingMessage, response: ServerResponse, expectsContinue = false): void {
    if (tls !== undefined) response.setHeader('Strict-Transport-Security', strictTransport);
    const found = findRoute(request);
    if ('status' in found) {
      fail(response, found);
      return;
    }
    const answered =
      'probe' in found
        ? answerProbe(request, response, found)
        : serve(request, response, { route: found, expectsContinue });
    answered.catch((error: unknown) => {
      if (isKeyplaneError(error)) {
        fail(response, faultOf(error));
        return;
      }
      log.error({ err: error }, 'an operation failed');
      if (response.headersSent) response.destroy();
      else fail(response, unexpected);
    });
  }

  function findRoute(request: IncomingMessage): OperationRoute | Probe | OperationFault {
    const badHost = hostFault(request);
    if (badHost !== undefined) return hostRefused(badHost);
    const route = operationRoute(request.url ?? '');
    if (route !== undefined) return request.method === 'POST' ? route : badMethod;
    const probe = probeOf(request.url ?? '');
    if (probe === undefined) return noRoute;
    return request.method === 'GET' || request.method === 'HEAD' ? probe : badProbeMethod;
  }

  async function answerProbe(
    request: IncomingMessage,
    response: ServerResponse,
    { probe, project }: Probe,
  ): Promise<void> {
    if (probe === 'live') {
      send(response, 200, '{"status":"ok"}');
      return;
    }
    const isServing = state.ready && !isStopping;
    // A token names its project; a JWT and a certificate do not.
    if (project === undefined && request.headers.authorization === undefined) {
      const { signing, notSigning } = countRings(options);
      const isReady = isServing && (signing > 0 || notSigning === 0);
      send(response, isReady ? 200 : 503, JSON.stringify({ ready: isReady, signing, notSigning }));
      return;
    }
    const application = await identifyCaller(callers, project ?? '', request);
    if (application === undefined || (project !== undefined && application.project !== project)) {
      fail(response, invalidToken);
      return;
    }
    const keyRings = ringsOf(options, application);
    const isReady = isServing && keyRings.every(({ signs }) => signs);
    send(response, isReady ? 200 : 503, JSON.stringify({ ready: isReady, keyRings }));
  }

  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    { route, expectsContinue }: { readonly route: OperationRoute; readonly expectsContinue: boolean },
  ): Promise<void> {
    const beganMs = performance.now();
    let caller: CallingApplication | undefined;
    let entered: EnteredRequest | undefined;
    let taken: Assertion | undefined;
    const { operation } = route;
    try {
      if (!state.ready) return refuse(response, { route, caller, fault: notReady });
      const { generation } = index;
      const identified = identifyCaller(callers, route.project, request);
      caller = identified instanceof Promise ? await identified : identified;
      if (caller === undefined) return refuse(response, { route, caller, fault: invalidToken });
      const admitted = find(route, caller);
      if (admitted === undefined) return refuse(response, { route, caller, fault: notGranted });
      entered = load.enter(caller.id);
      if (entered === undefined) return refuse(response, { route, caller, fault: overloaded });
      const charge = chargeOne(admitted.rate);
      if ('status' in charge) return refuse(response, { route, caller, fault: charge });
      const body = await readRequestBody(request, {
        applicationId: caller.id,
        onContinue: expectsContinue ? () => response.writeContinue() : undefined,
      });
      if (body === undefined) return;
      if (!Buffer.isBuffer(body)) return refuse(response, { route, caller, fault: body });
      const bodyText = utf8Of(body);
      if (bodyText === undefined) return refuse(response, { route, caller, fault: notUtf8 });
      // A body takes seconds, in which credentials end and are revoked, and keys are replaced.
      const again = await admitAgain(request, admitted, generation);
      if ('status' in again) return refuse(response, { route, caller, fault: again });
      const { assertion } = again.application;
      if (assertion !== undefined && !(await assertion.take())) {
        charge.bucket?.giveBack(1);
        return refuse(response, { route, caller, fault: invalidToken });
      }
      taken = assertion;
      const answer = await answerTo(again, { charge, bodyText, entered });
      counts.succeeded(operation, performance.now() - beganMs);
      send(response, 200, answer);
    } catch (error) {
      if (isKeyplaneError(error)) {
        // Nothing was done, and the caller may try again.
        if (error.code === 'unavailable' || error.code === 'rate_limit_exceeded') taken?.giveBack();
        return refuse(response, { route, caller, fault: faultOf(error) });
      }
      counts.refused(operation, unexpected.reason);
      throw error;
    } finally {
      entered?.leave();
    }
  }

  function refuse(
    response: ServerResponse,
    {
      route: { project, name: key, operation },
      caller,
      fault,
    }: {
      readonly route: OperationRoute;
      readonly caller: CallingApplication | undefined;
      readonly fault: OperationFault;
    },
  ): void {
    counts.refused(operation, fault.reason);
    const application = caller && { application: caller.name };
    refusals.report({ ...application, project, key, operation }, fault.text);
    fail(response, fault);
  }

  function send(response: ServerResponse, status: number, text: string): void {
    if (isStopping) response.shouldKeepAlive = false;
    sendText(response, status, text);
  }

  function fail(response: ServerResponse, fault: OperationFault): void {
    if (isStopping) response.shouldKeepAlive = false;
    sendFault(response, fault);
  }

  /** Undefined for what is not there and for what is not granted. */
  function find(route: OperationRoute, application: CallingApplication): Admitted | undefined {
    const { project, kind, name } = route;
    if (application.project !== project) return undefined;
    const target = kind === 'token-profiles' ? undefined : index.target(project, kind, name);
    const targetId = kind === 'token-profiles' ? issuer.profileId(project, name) : target?.id;
    const grant = targetId === undefined ? undefined : application.grants.get(targetId);
    const granted = grant && grantedBy(grant.operations, route);
    if (targetId === undefined || grant === undefined || granted === undefined) return undefined;
    return { route, application, grant, rate: rateOf(route, grant, granted), target, targetId };
  }

  /** Takes no rate, and no JWT of single use a second time. */
  async function admitAgain(
    request: IncomingMessage,
    admitted: Admitted,
    generation: number,
  ): Promise<Admitted | OperationFault> {
    const { route, application } = admitted;
    if (index.generation === generation) {
      return current(application, callers.now()) === undefined ? invalidToken : admitted;
    }
    const caller = await identifyCaller(callers, route.project, request);
    if (caller?.id !== application.id) return invalidToken;
    return find(route, caller) ?? notGranted;
  }

  function answerTo(
    { route, application, grant, rate, target, targetId }: Admitted,
    { charge, bodyText, entered }: Prepared,
  ): Promise<string> {
    if (route.operation !== 'ISSUE' && target !== undefined) {
      const { operation } = route;
      return perform({
        application,
        target,
        operation,
        bodyText,
        granted: grant.operations,
        ratesRawApart: rate.raw !== undefined,
        takeRate(items) {
          if (items.count > 1 && !entered.takeItems(items.count)) {
            charge.bucket?.giveBack(1);
            throw tooManyItems();
          }
          takeRate(rate, charge, items);
        },
      });
    }
    return issuer.issue({ application, profileId: targetId, bodyText });
  }

  const { server, endHandshakes } = listener((request, response) => onRequest(request, response), tls);
  // A client that waits before it sends its body gets the response before it does, where it is rejected.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    onRequest(request, response, true),
  );
  takeRequestsOneByOne(server);
  server.on('connection', (socket: Socket) => socket.once('close', load.connect()));
  cutStalledClients(server, stalledMs);
  return {
    server,
    async close() {
      isStopping = true;
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
  const endHandshakes = trackHandshakes(server);
  const endConnections = trackConnections(server);
  // A CA that was taken out of the file must not count for a client that stays connected.
  tls.follow(server, () => {
    endHandshakes();
    endConnections();
  });
  return { server, endHandshakes };
}

interface Probe {
  readonly probe: 'live' | 'ready';
  /** Readiness for an application of this project. */
  readonly project?: string;
}

function probeOf(target: string): Probe | undefined {
  const [first = '', project = '', ...rest] = pathSegments(target) ?? [];
  if (project === '' && first === 'healthz') return { probe: 'live' };
  if (project === '' && first === 'readyz') return { probe: 'ready' };
  return first === 'projects' && rest.join('/') === 'readyz' ? { probe: 'ready', project } : undefined;
}

/** An absent bucket is without a limit. */
interface GrantedRate {
  readonly bucket?: TokenBucket | undefined;
  /** Of SIGN_RAW, where it is granted at another rate than SIGN. */
  readonly raw?: { readonly bucket?: TokenBucket | undefined };
}

function rateOf(
  { kind }: OperationRoute,
  { operations, buckets }: CallerGrant,
  granted: GrantOperation,
): GrantedRate {
  const bucket = buckets.get(granted);
  const raw = buckets.get('SIGN_RAW');
  const isApart = kind === 'key-rings' && granted === 'SIGN' && operations.has('SIGN_RAW') && raw !== bucket;
  return isApart ? { bucket, raw: { bucket: raw } } : { bucket };
}

/** From which bucket one item was taken. */
interface Charge {
  readonly bucket: TokenBucket | undefined;
}

/** Before the body is read. Which of two rates applies depends on the body, so either admits the request. */
function chargeOne({ bucket, raw }: GrantedRate): Charge | OperationFault {
  if (bucket === undefined || bucket.take(1)) return { bucket };
  if (raw === undefined) return rateExceeded(bucket.msUntil(1));
  if (raw.bucket === undefined || raw.bucket.take(1)) return { bucket: raw.bucket };
  return rateExceeded(Math.min(bucket.msUntil(1), raw.bucket.msUntil(1)));
}

function tooManyItems(): KeyplaneError {
  return new KeyplaneError('unavailable', overloaded.text, { retryAfterSeconds: 1 });
}

/** All items, in place of the one that was taken when the request was admitted. What is refused takes nothing. */
function takeRate(
  { bucket, raw }: GrantedRate,
  charge: Charge,
  { count, raw: rawCount }: { readonly count: number; readonly raw: number },
): void {
  if (count <= 1 && raw === undefined) return;
  charge.bucket?.giveBack(1);
  const plain = requireRate(bucket, count - rawCount);
  try {
    requireRate(raw?.bucket, rawCount);
  } catch (error) {
    plain.giveBack();
    throw error;
  }
}

/** @throws KeyplaneError `rate_limit_exceeded` */
function requireRate(bucket: TokenBucket | undefined, count: number): { giveBack(): void } {
  if (bucket !== undefined && count > 0 && !bucket.take(count)) {
    const { code, text, retryAfterSeconds = 1 } = rateExceeded(bucket.msUntil(count));
    throw new KeyplaneError(code as 'rate_limit_exceeded', text, { retryAfterSeconds });
  }
  return { giveBack: () => bucket?.giveBack(count) };
}
