import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { isKeyplaneError, KeyplaneError } from '../../../src/errors.ts';
import { parseBody } from '../../../src/operations/request-members.ts';
import {
  issuedPayload,
  issuingProfile,
  readIssueRequest,
} from '../../../src/operations/token-profile/issue-request.ts';
import type { DeployedTokenProfile } from '../../../src/protocol/content.ts';

const minute = 60_000;
const moment = { iat: 1_800_000_000, exp: 1_800_000_300, jti: 'j' };

function profileOf(members: Partial<DeployedTokenProfile> = {}): DeployedTokenProfile {
  return {
    kind: 'token-profile',
    id: randomUUID(),
    project: 'MyProject',
    name: 'p',
    keyRingId: 'r',
    issuer: 'https://issuer.example',
    audiences: ['a'],
    audienceMode: 'FIXED',
    lifetimeMs: 5 * minute,
    maxLifetimeMs: 30 * minute,
    notBeforeOffsetMs: null,
    tokenType: 'JWT',
    subject: { mode: 'FROM_CALLER', value: null, pattern: null },
    claims: { fixed: { tenant: 'shop' }, allowed: ['locale', 'account'], required: [], schema: null },
    encryptTo: null,
    ...members,
  };
}

function issued(members: Partial<DeployedTokenProfile>, body: unknown, maxTokenLifetimeMs = 60 * minute) {
  const profile = profileOf(members);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const token = readIssueRequest(parseBody(text), issuingProfile(profile), {
    subject: 'caller',
    maxTokenLifetimeMs,
  });
  return { ...token, text: issuedPayload(token, profile, moment) };
}

const claimsOf = (members: Partial<DeployedTokenProfile>, body: unknown) =>
  JSON.parse(issued(members, body).text);

function refusal(members: Partial<DeployedTokenProfile>, body: unknown): KeyplaneError {
  try {
    issued(members, body);
  } catch (error) {
    if (isKeyplaneError(error) && error.code === 'bad_request') return error;
    throw error;
  }
  return new KeyplaneError('internal_error', 'accepted');
}

test('a token has the claims of its profile, in a fixed order', () => {
  expect(issued({}, { claims: { locale: 'en' } }).text).toBe(
    '{"iss":"https://issuer.example","sub":"caller","aud":"a","tenant":"shop","locale":"en","iat":1800000000,"exp":1800000300,"jti":"j"}',
  );
});

test.for(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'cnf', 'tenant'])(
  'a caller cannot set the claim %s, with any value',
  (claim) => {
    for (const value of ['x', 1, null, {}]) {
      const { message, member, reason } = refusal({}, { claims: { [claim]: value } });
      expect([message, member, reason]).toEqual([
        `Claim (${claim}) is set by token profile (name: p)!`,
        `claims.${claim}`,
        'FIELD_NOT_VALID',
      ]);
    }
  },
);

test.for([
  [{}, { claims: { x: 1 } }, 'Claim (x) is not allowed by token profile (name: p)!'],
  [{}, { claims: { Iss: 1 } }, 'Claim (Iss) is not allowed by token profile (name: p)!'],
  [{}, { claims: { constructor: 1 } }, 'Claim (constructor) is not allowed by token profile (name: p)!'],
  [{}, '{"claims":{"locale":1,"locale":2}}', /member "locale" is given twice/],
  [{}, '{"claims":{"__proto__":{"x":1}}}', /__proto__ is not allowed/],
  [{}, { claims: [] }, 'claims must be a JSON object!'],
  [{}, { header: {} }, /^Unknown member: header! Accepted members: claims, audience, subject, lifetime/],
  [{}, { items: [] }, /^Unknown member: items!/],
  [{}, { audience: 'a' }, 'audience is set by token profile (name: p)!'],
  [{}, { subject: 'caller' }, 'subject is set by token profile (name: p)!'],
  [{}, { lifetime: 'PT31M' }, 'lifetime (PT31M) is longer than maxLifetime (PT30M)!'],
  [{}, { lifetime: 'PT0S' }, 'lifetime must be at least PT1S!'],
  [{}, { lifetime: 300 }, 'lifetime must be a string!'],
  [{}, { lifetime: '5 minutes' }, /^lifetime \(5 minutes\) is not valid!/],
  [
    { notBeforeOffsetMs: minute },
    { lifetime: 'PT1M' },
    'lifetime (PT1M) must be longer than notBeforeOffset (PT1M)!',
  ],
] as const)('by %j the request %j is rejected', ([members, body, text]) => {
  expect(refusal(members, body).message).toEqual(text instanceof RegExp ? expect.stringMatching(text) : text);
});

test('a required claim must be given, and is allowed', () => {
  const claims = { fixed: {}, allowed: [], required: ['scope'], schema: null };
  for (const body of [{}, { claims: {} }, { claims: { scope: null } }]) {
    expect(refusal({ claims }, body)).toMatchObject({
      message: 'Claim (scope) is required by token profile (name: p)!',
      reason: 'FIELD_REQUIRED',
      member: 'claims.scope',
    });
  }
  expect(claimsOf({ claims }, { claims: { scope: '' } })).toMatchObject({ scope: '' });
});

test('the schema of a profile judges what the caller gives, and names the claim', () => {
  const schema = {
    type: 'object',
    properties: { locale: { type: 'string', pattern: '^[a-z]{2}$' }, account: { minimum: 1 } },
    dependentRequired: { account: ['locale'] },
    additionalProperties: false,
  };
  const rules = { claims: { ...profileOf().claims, schema } };
  expect(claimsOf(rules, { claims: { locale: 'en', account: 1 } })).toMatchObject({ tenant: 'shop' });
  const texts = [{ locale: 'eng' }, { account: 0, locale: 'en' }, { account: 1 }].map((claims) =>
    refusal(rules, { claims }),
  );
  expect(texts.map(({ message, member }) => [message, member])).toEqual([
    [
      'Claim (locale) is not valid by the schema of token profile (name: p): it must match pattern "^[a-z]{2}$"!',
      'claims.locale',
    ],
    [
      'Claim (account) is not valid by the schema of token profile (name: p): it must be >= 1!',
      'claims.account',
    ],
    ['Claim (locale) is required by token profile (name: p)!', 'claims.locale'],
  ]);
  const huge = { claims: { locale: 'x'.repeat(17_000) } };
  expect(refusal(rules, huge).message).toBe('claims are larger than 16384 bytes!');
});

test('one fixed audience is a text, several are a list, and of several one may be chosen', () => {
  const several = { audiences: ['a', 'b'] };
  expect(claimsOf({}, {}).aud).toBe('a');
  expect(claimsOf(several, {}).aud).toEqual(['a', 'b']);
  expect(claimsOf({ audienceMode: 'ONE_OF' }, {}).aud).toBe('a');
  expect(claimsOf({ audienceMode: 'ONE_OF' }, { audience: 'a' }).aud).toBe('a');
  const oneOf = { ...several, audienceMode: 'ONE_OF' as const };
  expect(claimsOf(oneOf, { audience: 'b' }).aud).toBe('b');
  expect(refusal(oneOf, {})).toMatchObject({
    message: 'audience is required by token profile (name: p)!',
    reason: 'FIELD_REQUIRED',
    member: 'audience',
  });
  for (const audience of ['c', '', 'a,b']) {
    expect(refusal(oneOf, { audience }).message).toBe(
      `audience (${audience}) is not allowed by token profile (name: p)!`,
    );
  }
  expect(refusal(oneOf, { audience: ['a'] }).message).toBe('audience must be a string!');
});

test('the subject is fixed, the caller, or given as the pattern allows', () => {
  expect(claimsOf({ subject: { mode: 'FIXED', value: 'me', pattern: null } }, {}).sub).toBe('me');
  expect(claimsOf({}, {}).sub).toBe('caller');
  const given = { subject: { mode: 'GIVEN' as const, value: null, pattern: 'user:*' } };
  expect(claimsOf(given, { subject: 'user:7' }).sub).toBe('user:7');
  expect(refusal(given, {})).toMatchObject({
    message: 'subject is required by token profile (name: p)!',
    reason: 'FIELD_REQUIRED',
    member: 'subject',
  });
  for (const subject of ['user:', 'user:7:admin', 'admin', '', 'xuser:7']) {
    expect(refusal(given, { subject }).message).toBe(
      `subject (${subject}) is not allowed by token profile (name: p)!`,
    );
  }
  const any = { subject: { ...given.subject, pattern: null } };
  expect(claimsOf(any, { subject: 'a:b:c' }).sub).toBe('a:b:c');
  expect(refusal(any, { subject: '' }).message).toMatch(/is not allowed/);
});

test('nbf is as far from iat as the profile says, in either direction', () => {
  expect(claimsOf({}, {})).not.toHaveProperty('nbf');
  expect(claimsOf({ notBeforeOffsetMs: -minute }, {}).nbf).toBe(moment.iat - 60);
  expect(claimsOf({ notBeforeOffsetMs: 0 }, {}).nbf).toBe(moment.iat);
});

test('a lifetime is never longer than the ring allows at this moment', () => {
  expect(issued({}, {}).lifetimeMs).toBe(5 * minute);
  expect(issued({}, { lifetime: 'PT30M' }).lifetimeMs).toBe(30 * minute);
  expect(issued({}, {}, minute).lifetimeMs).toBe(minute);
  expect(() => issued({}, { lifetime: 'PT2M' }, minute)).toThrow('is longer than maxLifetime (PT1M)!');
});

test('numbers beyond 53 bits keep their digits', () => {
  expect(issued({}, '{"claims":{"account":12345678901234567890,"locale":1e999}}').text).toContain(
    '"locale":1e999,',
  );
  expect(issued({}, '{"claims":{"account":12345678901234567890}}').text).toContain(
    '"account":12345678901234567890,',
  );
});

test.for([
  ['100.00000000000000001', false],
  ['12345678901234567890', false],
  ['1e999', false],
  [`0.${'0'.repeat(100)}1`, false],
  ['1.50000000000000000', true],
  ['1e3', true],
  ['-0.0e5', true],
  ['9007199254740991', true],
  ['0.1234567890123456', true],
  ['1.7976931348623157e308', true],
] as const)('by a schema the number %s is checked as it is signed: %s', ([number, isExact]) => {
  const claims = { fixed: {}, allowed: ['limits'], required: [], schema: {} };
  const body = `{"claims":{"limits":{"most":[${number}, 1234567890123456]}}}`;
  if (isExact) expect(issued({ claims }, body).text).toContain(`[${number},`);
  else {
    const { member, message } = refusal({ claims }, body);
    expect(member).toBe('claims.limits');
    expect(message).toContain('has more digits than it can be checked with');
    expect(issued({ claims: { ...claims, schema: null } }, body).text).toContain(`[${number},`);
  }
});
