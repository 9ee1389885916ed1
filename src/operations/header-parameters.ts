// Header parameters that a caller may give for a payload: `typ`, `cty`, and names that it chooses.

import type { JsonObject } from '../jose/json.ts';
import { shownText } from '../names.ts';
import { notValid } from './request-members.ts';

/**
 * Of the IANA registry "JSON Web Signature and Encryption Header Parameters", beside `typ` and `cty`, and `skid` of
 * ECDH-1PU. They name keys, algorithms and extensions, which are the node's to choose, or mean something to one protocol.
 */
const registered = new Set(
  `alg enc zip jku jwk kid x5u x5c x5t x5t#S256 crit epk apu apv iv tag p2s p2c iss sub aud b64 url nonce svt ppt
  trust_chain peer_trust_chain iheSSId jwt client_id skid`.split(/\s+/),
);

/** The type of historical keys, which only the node itself signs: with it a caller could revoke keys. */
const typeOfHistoricalKeys = 'jwk-set+jwt';

/** @throws KeyplaneError `bad_request` that names the parameter */
export function checkHeader(header: JsonObject): void {
  for (const [name, value] of Object.entries(header)) {
    const member = `header.${shownText(name)}`;
    if (registered.has(name)) {
      throw notValid(
        member,
        `Header parameter (${name}) cannot be given! Accepted are typ, cty and names of your own.`,
      );
    }
    if ((name === 'typ' || name === 'cty') && typeof value !== 'string') {
      throw notValid(member, `Header parameter (${name}) must be a string!`);
    }
    if (name === 'typ' && isMediaType(value, typeOfHistoricalKeys)) {
      throw notValid(member, `Header parameter (typ) cannot be ${typeOfHistoricalKeys}!`);
    }
  }
}

/**
 * Media types in `typ` and `cty`: without regard to case, and `application/` may be left out where no other slash follows
 * (RFC 7515 §4.1.9).
 */
export function isMediaType(value: unknown, expected: string): boolean {
  return typeof value === 'string' && fullMediaType(value) === fullMediaType(expected);
}

function fullMediaType(name: string): string {
  const lower = name.toLowerCase();
  return lower.includes('/') ? lower : `application/${lower}`;
}
