import type { IncomingMessage } from 'node:http';

/**
 * Whether a request names more than one host. node:http takes the first `Host` and a proxy may take the second, so that
 * the two disagree about the request: RFC 9112 section 3.2 has a server reject it with 400.
 */
export function namesSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

export const severalHostsText = 'The request has more than one Host header!';
