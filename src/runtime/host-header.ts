import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * What is wrong with the `Host` of a request; undefined where nothing is. node:http takes the first of several and any
 * text, and a proxy may read another host there: RFC 9112 section 3.2 has a server reject both with 400. That a request of
 * HTTP/1.1 has one is checked elsewhere, in most servers by node:http.
 */
export function hostFault({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): string | undefined {
  let host: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue;
    if (host !== undefined) return 'The request has more than one Host header!';
    host = rawHeaders[at + 1] ?? '';
  }
  return host === undefined || isHost(host)
    ? undefined
    : 'The Host header is not a host with an optional port!';
}

/**
 * `uri-host [ ":" port ]` (RFC 9110 section 7.2, RFC 3986 section 3.2.2), which may be empty. Without the comma, which a
 * registered name could have: several `Host` that a proxy joined look like that.
 */
const hostForm =
  /^(?:\[(?:([0-9a-f:.]+)|v[0-9a-f]+\.[\w.~!$&'()*+;=:-]+)\]|(?:[\w.~!$&'()*+;=-]|%[0-9a-f]{2})*)(?::\d*)?$/i;

function isHost(value: string): boolean {
  const form = hostForm.exec(value);
  const [, address] = form ?? [];
  return form !== null && (address === undefined || isIPv6(address));
}
