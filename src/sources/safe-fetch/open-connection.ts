// A connection to addresses that were checked, and to no other: TCP, and for https TLS on top of it.
// Refuses to resolve anything, and a server whose certificate does not prove the URL's host name.

import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import type { ResolvedAddress } from './checked-addresses.ts';
import { connectFailure, tlsFailure } from './fetch-failure.ts';

export interface ConnectionTarget {
  readonly url: URL;
  readonly addresses: readonly ResolvedAddress[];
  readonly connectTimeoutMs: number;
  /** Undefined: the trust that Node starts with. */
  readonly secureContext: SecureContext | undefined;
}

/**
 * Resolves when bytes can be sent. The caller destroys the socket; until then the signal does.
 * @throws FetchFailure, or the signal's reason
 */
export async function openConnection(target: ConnectionTarget, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const plain = openTcp(target);
  const abort = () => plain.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await opened(plain, 'connect', connectFailure);
    if (target.url.protocol === 'http:') return plain;
    const secure = openTls(target, plain);
    await opened(secure, 'secureConnect', tlsFailure);
    return secure;
  } catch (error) {
    plain.destroy();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function openTcp({ url, addresses, connectTimeoutMs }: ConnectionTarget): Socket {
  const defaultPort = url.protocol === 'https:' ? 443 : 80;
  return connect({
    // No resolver knows this name (RFC 6761 section 6.4): were the answer below ever not asked for, nothing connects.
    host: 'checked.invalid',
    lookup: (_host, options, answer) => {
      const [first] = addresses;
      if (options.all === true) answer(null, [...addresses]);
      else if (first !== undefined) answer(null, first.address, first.family);
    },
    port: url.port === '' ? defaultPort : Number(url.port),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptTimeoutMs(connectTimeoutMs, addresses.length),
  });
}

// A silent first address has to leave time for the others, and a slow one needs more than Node's 250 ms.
function attemptTimeoutMs(connectTimeoutMs: number, addressCount: number): number {
  return Math.max(10, Math.min(1000, Math.floor(connectTimeoutMs / (addressCount + 1))));
}

function openTls({ url, secureContext }: ConnectionTarget, socket: Socket): Socket {
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  return connectTls({
    socket,
    // The certificate is held against `host`; an address is not sent as a name (RFC 6066 section 3).
    host: name,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(secureContext === undefined ? {} : { secureContext }),
    ALPNProtocols: ['http/1.1'],
    // Set explicitly because NODE_TLS_REJECT_UNAUTHORIZED=0 changes the default, and the fetched keys determine trust.
    rejectUnauthorized: true,
  });
}

function opened(socket: Socket, event: string, failure: (error: unknown) => Error): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    // Stays for the socket's life: an error after this promise has settled must not be an uncaught one.
    socket.on('error', (error) => reject(failure(error)));
    socket.once('close', () => reject(failure(new Error('closed before it was open'))));
  });
}
