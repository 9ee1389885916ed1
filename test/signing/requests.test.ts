import { expect, test } from 'vitest';
import { isKeyplaneError } from '../../src/errors.ts';
import { parseBody } from '../../src/operations/request-members.ts';
import { payloadHeader } from '../../src/operations/sign-jws.ts';
import { jwtPayload, readSignRequest, type SignLimits } from '../../src/operations/sign-request.ts';
import { readVerifyRequest } from '../../src/operations/verify-request.ts';
import { rawKeyFor, signerOf } from './keys.ts';

const hour = 3_600_000;
const ring: SignLimits = {
  maxTokenLifetimeMs: hour,
  keyTitle: 'key ring (name: x)',
  acceptsJsonPayload: false,
};

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isKeyplaneError(error) && error.code === 'bad_request') return error.message;
    throw error;
  }
  return 'accepted';
}

const signing = (body: unknown, limits = ring) =>
  refusal(() => readSignRequest(parseBody(typeof body === 'string' ? body : JSON.stringify(body)), limits));

test.for([
  [{ claims: { exp: 1 } }, 'Claim (exp) is set by the node!'],
  [{ claims: { iat: null } }, 'Claim (iat) is set by the node!'],
  [{ claims: { jti: 'x' } }, 'Claim (jti) is set by the node!'],
  [{ claims: { nbf: 'x' } }, 'Claim (nbf) must be a number!'],
  [{ claims: [] }, 'claims must be a JSON object!'],
  [{ claims: 'x' }, 'claims must be a JSON object!'],
  [{}, 'Give either claims or one of payload and payloadBase64!'],
  [{ claims: null }, 'Give either claims or one of payload and payloadBase64!'],
  [{ claims: {}, payloadBase64: 'AA==' }, 'Give either claims or one of payload and payloadBase64!'],
  [{ payloadBase64: 'AA==', lifetime: 'PT1M' }, 'lifetime is for claims only!'],
  [{ payloadBase64: 'AA' }, 'payloadBase64 is not base64 with padding (RFC 4648 §4)!'],
  [{ payloadBase64: 7 }, 'payloadBase64 must be a string!'],
  [{ claims: {}, headers: {} }, /^Unknown member: headers! Accepted members: claims, lifetime, payload, /],
  [{ payload: 'x', payloadBase64: 'AA==' }, 'Give either payload or payloadBase64!'],
  [{ payload: '\ud800' }, 'payload is not well-formed Unicode!'],
  [{ payload: 7 }, 'payload must be a string!'],
  [{ claims: {}, payload: '' }, 'Give either claims or one of payload and payloadBase64!'],
  [{ claims: {}, header: {} }, 'header is for payloads only!'],
  [{ claims: {}, detached: true }, 'detached is for payloads only!'],
  [{ payload: 'x', header: [] }, 'header must be a JSON object!'],
  [{ payload: 'x', b64: false }, 'b64 may be false only with detached!'],
  [{ payload: 'x', detached: 'yes' }, 'detached must be true or false!'],
  [
    { payload: 'x', serialization: 'JSON' },
    'serialization (JSON) is not valid! Valid values: COMPACT, FLATTENED, GENERAL',
  ],
  ...['alg', 'kid', 'jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc', 'iss', 'nonce', 'epk'].map(
    (name) =>
      [
        { payload: 'x', header: { own: 1, [name]: 'x' } },
        `Header parameter (${name}) cannot be given! Accepted are typ, cty and names of your own.`,
      ] as const,
  ),
  ...['jwk-set+jwt', 'JWK-Set+JWT', 'application/jwk-set+jwt'].map(
    (typ) => [{ payload: 'x', header: { typ } }, 'Header parameter (typ) cannot be jwk-set+jwt!'] as const,
  ),
  [{ payload: 'x', header: { cty: 7 } }, 'Header parameter (cty) must be a string!'],
  [
    { claims: {}, lifetime: 'PT2H' },
    'lifetime (PT2H) is longer than maxTokenLifetime (PT1H) of key ring (name: x)!',
  ],
  [{ claims: {}, lifetime: 'P2D' }, /^lifetime \(PT48H\) is longer than maxTokenLifetime \(PT1H\)/],
  [{ claims: {}, lifetime: 'PT0S' }, 'lifetime must be at least PT1S!'],
  [{ claims: {}, lifetime: '5m' }, /^lifetime \(5m\) is not valid! It takes an ISO 8601 duration/],
  [{ claims: {}, lifetime: 300 }, 'lifetime must be a string!'],
  ['[]', 'Request body must be a JSON object!'],
  ['', 'Request body must be a JSON object!'],
  ['{"claims":{"a":1,"a":2}}', /"a" is given twice/],
  ['{"claims":{"__proto__":1}}', /__proto__ is not allowed/],
  [`{"claims":${'{"a":'.repeat(40)}1${'}'.repeat(41)}`, /nested deeper than 32 levels/],
  ['{"claims":', /is not valid JSON: it ends too early/],
] as const)('a request to sign %j is rejected', ([body, text]) => {
  expect(signing(body)).toEqual(text instanceof RegExp ? expect.stringMatching(text) : text);
});

test.for(['{', ' \t\r\n{', '\u{feff}{', ' \u{feff} {"exp":1}', '\u{feff}\n\u{feff}{}'])(
  'a payload of a key ring that may be a JSON object is rejected: %j',
  (payload) => {
    const payloadBase64 = Buffer.from(payload).toString('base64');
    expect(signing({ payloadBase64 })).toBe('Give claims to sign a JSON object!');
    expect(signing({ payloadBase64 }, { ...ring, acceptsJsonPayload: true })).toBe('accepted');
  },
);

test('a JSON object in UTF-16 or UTF-32 is one as well', () => {
  const utf16 = Buffer.from('{"exp":1}', 'utf16le');
  const utf32 = Buffer.from([0, 0, 0, 0x7b]);
  for (const payload of [utf16, Buffer.from(utf16).swap16(), Buffer.from('\u{feff}{', 'utf16le'), utf32]) {
    expect(signing({ payloadBase64: payload.toString('base64') })).toBe('Give claims to sign a JSON object!');
  }
  for (const payload of ['[{}]', '"{"', 'x{', '']) {
    expect(signing({ payloadBase64: Buffer.from(payload).toString('base64') })).toBe('accepted');
  }
});

test('the lifetime is the smaller of five minutes and what the key allows', () => {
  const body = '{"claims":{}}';
  expect(readSignRequest(parseBody(body), ring)).toMatchObject({ lifetimeMs: 300_000 });
  expect(readSignRequest(parseBody(body), { ...ring, maxTokenLifetimeMs: 2_000 })).toMatchObject({
    lifetimeMs: 2_000,
  });
  expect(readSignRequest(parseBody('{"claims":{},"lifetime":"PT1H"}'), ring)).toMatchObject({
    lifetimeMs: hour,
  });
});

test('numbers of claims keep the digits in which they were given', () => {
  const body = '\u{feff}{"claims":{"id":12345678901234567890,"b":1e2,"c":"1e2","d":[0.1]}}';
  const request = readSignRequest(parseBody(body), ring);
  expect(request.type === 'CLAIMS' && jwtPayload(request.claims, { iat: 1, exp: 2, jti: 'j' })).toBe(
    '{"id":12345678901234567890,"b":1e2,"c":"1e2","d":[0.1],"iat":1,"exp":2,"jti":"j"}',
  );
});

test('what a reader that ignores crit would take for claims is a JSON object too', () => {
  const body = (payload: string, b64 = false) => ({ payload, detached: true, b64 });
  const claims = Buffer.from(' {"sub":"admin"}').toString('base64url');
  expect(signing(body(claims))).toBe('Give claims to sign a JSON object!');
  expect(signing(body(claims), { ...ring, acceptsJsonPayload: true })).toBe('accepted');
  expect(signing(body(claims, true))).toBe('accepted');
  // They begin with the base64url of a brace.
  for (const text of ['example', 'eyJ', 'e3', 'exit 1']) expect(signing(body(text))).toBe('accepted');
});

test('header parameters keep their digits, and come before what makes the payload be signed as it is', async () => {
  const signer = await signerOf(rawKeyFor('ES256'));
  const body =
    '{"payload":"x","detached":true,"b64":false,"header":{"typ":"x","own":{"id":12345678901234567890}}}';
  const request = readSignRequest(parseBody(body), ring);
  if (request.type !== 'PAYLOAD') throw new Error('it is a payload');
  const header = Buffer.from(payloadHeader(signer, request.header, request.form), 'base64url').toString();
  expect(header).toBe(
    '{"alg":"ES256","kid":"k-ES256","typ":"x","own":{"id":12345678901234567890},"b64":false,"crit":["b64"]}',
  );
});

test('a request to sign asks for the compact form of the whole unless it says otherwise', () => {
  expect(readSignRequest(parseBody('{"payload":""}'), ring)).toEqual({
    type: 'PAYLOAD',
    payload: Buffer.alloc(0),
    header: undefined,
    form: { serialization: 'COMPACT', isDetached: false, isEncoded: true },
  });
});

test.for([
  [{}, 'jws is required!'],
  [{ jws: 7 }, 'jws must be a string or a JSON object!'],
  [{ jws: 'a.b.c', issuer: [] }, 'issuer must be a string!'],
  [{ jws: 'a.b.c', audience: ['x'] }, 'audience must be a string!'],
  [{ jws: 'a.b.c', audience: 'x', audiences: ['y'] }, 'Give either audience or audiences!'],
  [{ jws: 'a.b.c', audiences: [] }, 'audiences must be a list of 1 to 100 strings!'],
  [{ jws: 'a.b.c', audiences: ['x', 1] }, 'audiences must be a list of 1 to 100 strings!'],
  [{ jws: 'a.b.c', clockSkew: 'PT11M' }, 'clockSkew must be at most PT10M!'],
  [{ jws: 'a.b.c', token: 'x' }, /^Unknown member: token!/],
  [{ jws: 'a.b.c', payload: 'x', payloadBase64: 'AA==' }, 'Give either payload or payloadBase64!'],
  [{ jws: 'a.b.c', algorithms: [] }, 'algorithms must be a list of 1 to 100 strings!'],
  [{ jws: 'a.b.c', requiredClaims: 'sub' }, 'requiredClaims must be a list of 1 to 100 strings!'],
  [{ jws: 'a.b.c', exactClaims: [] }, 'exactClaims must be a JSON object!'],
  [{ jws: 'a.b.c', maxAge: '1h' }, /^maxAge \(1h\) is not valid!/],
  [{ jws: 'a.b.c', as: 'JWT' }, 'as (JWT) is not valid! Valid values: JWS'],
  ...(['issuer', 'audience', 'tokenType'] as const).map(
    (name) =>
      [{ jws: 'a.b.c', as: 'JWS', [name]: 'x' }, `${name} is for JWTs: give no "as": "JWS"!`] as const,
  ),
] as const)('a request to verify %j is rejected', ([body, text]) => {
  const said = refusal(() => readVerifyRequest(parseBody(JSON.stringify(body))));
  expect(said).toEqual(text instanceof RegExp ? expect.stringMatching(text) : text);
});
