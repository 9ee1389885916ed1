// Attacks on token profiles: claims that a caller smuggles in, and schemas and texts that would hold the event loop.

import { expect, test } from 'vitest';
import { parseBody } from '../../../src/operations/request-members.ts';
import {
  issuedPayload,
  issuingProfile,
  readIssueRequest,
} from '../../../src/operations/token-profile/issue-request.ts';
import { linearPattern } from '../../../src/operations/token-profile/patterns/linear-pattern.ts';
import { requireClaimsSchema } from '../../../src/operations/token-profile/schema/claims-schema.ts';
import type { DeployedTokenProfile } from '../../../src/protocol/content.ts';

const profile: DeployedTokenProfile = {
  kind: 'token-profile',
  id: 'p',
  project: 'MyProject',
  name: 'p',
  keyRingId: 'r',
  issuer: 'https://issuer.example',
  audiences: ['a'],
  audienceMode: 'FIXED',
  lifetimeMs: 300_000,
  maxLifetimeMs: 300_000,
  notBeforeOffsetMs: null,
  tokenType: 'JWT',
  subject: { mode: 'GIVEN', value: null, pattern: 'user:*' },
  // Some profile of another release might allow them.
  claims: {
    fixed: { role: 'user' },
    allowed: ['x', 'iss', 'exp', 'cnf', 'role'],
    required: [],
    schema: null,
  },
  encryptTo: null,
};

function issued(bodyText: string): string {
  const token = readIssueRequest(parseBody(bodyText), issuingProfile(profile), {
    subject: 'caller',
    maxTokenLifetimeMs: 3_600_000,
  });
  return issuedPayload(token, profile, { iat: 1, exp: 301, jti: 'j' });
}

test.for([
  '{"subject":"user:a","claims":{"iss":"https://evil.example"}}',
  '{"subject":"user:a","claims":{"\\u0069ss":"https://evil.example"}}',
  '{"subject":"user:a","claims":{"exp":9999999999}}',
  '{"subject":"user:a","claims":{"role":"admin"}}',
  '{"subject":"user:a","claims":{"cnf":{"jkt":"x"}}}',
  '{"subject":"user:a","claims":{"x":1,"x":2}}',
  '{"subject":"user:a","claims":{"__proto__":{"role":"admin"}}}',
  '{"subject":"user:a","claims":{"x":1},"claims":{"role":"admin"}}',
  '{"subject":"user:a","lifetime":"PT6M"}',
  '{"subject":"user:a:admin"}',
  '{"subject":"admin"}',
])('a caller that asks for %s gets no token', (bodyText) => {
  expect(() => issued(bodyText)).toThrow();
});

test('a claim that looks like one of the profile in the eyes of a lenient reader is not allowed either', () => {
  for (const name of ['ISS', 'iss ', 'iss\\u0000', 'i\\u200bss', 'exp\\n']) {
    expect(() => issued(`{"subject":"user:a","claims":{"${name}":1}}`)).toThrow(/is not allowed by/);
  }
});

test('text within a claim stays text: no claim is added by it', () => {
  const text = issued('{"subject":"user:a","claims":{"x":"\\",\\"role\\":\\"admin"}}');
  expect(JSON.parse(text)).toMatchObject({ role: 'user', x: '","role":"admin' });
});

test('patterns that hold other engines for years are rejected, or matched in steps that text and pattern bound', () => {
  const bombs = [
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|a?)+$',
    '^([a-z]+)*$',
    '(x+x+)+y',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
  ];
  for (const bomb of bombs) expect(() => linearPattern(bomb), bomb).toThrow(/so it can backtrack/);
  // Of these a backtracking engine takes the third power of the length, and more.
  for (const slow of ['^a*a*a*a*b$', '.*.*.*.*=.*', '^\\s*\\s*\\s*x$']) {
    expect(linearPattern(slow).test(' a'.repeat(8_000)), slow).toBe(false);
  }
});

test('a schema that doubles with each reference is rejected before it is compiled', () => {
  const $defs = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [
      `d${index}`,
      index === 11
        ? { type: 'object' }
        : { allOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] },
    ]),
  );
  expect(() => requireClaimsSchema({ $defs, $ref: '#/$defs/d0' })).toThrow(/more than 1000 subschemas/);
});
