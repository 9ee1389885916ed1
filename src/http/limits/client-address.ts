import type { IncomingMessage } from 'node:http';

/**
 * Whom a request is from, for requests that never reach the routes: the last address that is no trusted proxy, as
 * Fastify finds it for the others.
 */
export function clientAddress(
  { socket, headers }: IncomingMessage,
  isTrustedProxy: (address: string) => boolean = () => false,
): string | undefined {
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  let address = plain(socket.remoteAddress ?? '');
  for (const before of forwarded.map((text) => text.trim()).reverse()) {
    if (before === '' || !isTrustedProxy(address)) break;
    address = plain(before);
  }
  return address === '' ? undefined : address.slice(0, longestAddress);
}

/** An IPv6 address with a zone. */
const longestAddress = 64;

/** An IPv4 address that a socket of both families shows as one of IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');
}
