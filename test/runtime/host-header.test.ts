import { expect, test } from 'vitest';
import { hostFault } from '../../src/runtime/host-header.ts';
import { badHosts, goodHosts } from '../support/hosts.ts';

const notAHost = 'The Host header is not a host with an optional port!';
const faultOf = (...hosts: readonly string[]) =>
  hostFault({ rawHeaders: ['Accept', '*/*', ...hosts.flatMap((host) => ['hOsT', host])] });

test('a Host is a host with an optional port, or empty', () => {
  expect(goodHosts.map((host) => faultOf(host))).toEqual(goodHosts.map(() => undefined));
  expect(badHosts.map((host) => [host, faultOf(host)])).toEqual(badHosts.map((host) => [host, notAHost]));
  expect(faultOf()).toBe(undefined);
});

test('more than one Host is none, whatever they are', () => {
  for (const host of [...goodHosts, ...badHosts])
    expect(faultOf(host, host)).toBe('The request has more than one Host header!');
});

test('any octet within a name is a fault, but those of RFC 3986, and so is one after the port', () => {
  const allowed = /^[A-Za-z0-9\-._~!$&'()*+;=]$/;
  for (let octet = 1; octet < 256; octet += 1) {
    const text = String.fromCharCode(octet);
    const isFine = allowed.test(text);
    // After a colon there is a port.
    if (text !== ':') expect([text, faultOf(`a${text}b`)]).toEqual([text, isFine ? undefined : notAHost]);
    if (!/[0-9]/.test(text)) expect([text, faultOf(`a:80${text}1`)]).toEqual([text, notAHost]);
  }
});

test('two hosts that somebody joined are a fault, whatever joins them', () => {
  for (const one of goodHosts.slice(2))
    for (const other of goodHosts.slice(2))
      for (const joint of [',', ', ', ' ', ' ,', '\t', '/', '@'])
        expect([one, joint, other, faultOf(one + joint + other)]).toContain(notAHost);
});
