import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpWorld, openHttpWorld, passwords } from './support/http-world.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await openHttpWorld();
});
afterAll(() => world.close());

const formType = 'application/x-www-form-urlencoded';
const post = (payload: string | Buffer, contentType = formType) =>
  world.call('POST', '/apiops/auth/token', {
    token: null,
    payload,
    headers: { 'content-type': contentType },
  });
const form = (members: Record<string, string>) => new URLSearchParams(members).toString();
const credentials = { grant_type: 'client_credentials', client_id: 'admin', client_secret: passwords.admin };

test('a username and a password give a token that works, in the answer of OAuth 2.0 and nothing around it', async () => {
  const answer = await post(form(credentials));
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  const body = answer.json();
  expect(body).toEqual({
    access_token: expect.stringMatching(/^kps_[\w-]{43}$/),
    token_type: 'Bearer',
    expires_in: 3600,
  });
  expect((await world.call('GET', '/apiops/users/', { token: body.access_token })).statusCode).toBe(200);
});

test('other parameters, a charset, and a slash at the end change nothing', async () => {
  expect((await post(form({ ...credentials, scope: 'all' }), `${formType}; charset=UTF-8`)).statusCode).toBe(
    200,
  );
  const options = { token: null, payload: form(credentials), headers: { 'content-type': formType } };
  expect((await world.call('POST', '/apiops/auth/token/', options)).statusCode).toBe(200);
});

test.each<[name: string, payload: string | Buffer, code: string, text: string]>([
  ['nothing', '', 'unsupported_grant_type', 'GrantType value must be client_credentials!'],
  [
    'no grant',
    form({ client_id: 'admin', client_secret: 'x' }),
    'unsupported_grant_type',
    'GrantType value must be client_credentials!',
  ],
  [
    'another grant',
    form({ ...credentials, grant_type: 'password' }),
    'unsupported_grant_type',
    'GrantType value must be client_credentials!',
  ],
  [
    'the grant in capitals',
    form({ ...credentials, grant_type: 'CLIENT_CREDENTIALS' }),
    'unsupported_grant_type',
    'GrantType value must be client_credentials!',
  ],
  ['no user', form({ ...credentials, client_id: '' }), 'bad_request', 'client_id can not be empty!'],
  [
    'no password',
    'grant_type=client_credentials&client_id=admin',
    'bad_request',
    'client_secret can not be empty!',
  ],
  ['a parameter twice', `${form(credentials)}&client_id=ada`, 'bad_request', 'client_id is given twice!'],
  ['broken UTF-8', Buffer.from([0xff, 0xfe]), 'bad_request', 'Request body is not valid UTF-8!'],
])('%s is refused with 400', async (_name, payload, error, text) => {
  const answer = await post(payload);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ error, error_description: text });
});

test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])(
  'a body of type %s is refused',
  async (type) => {
    const answer = await post(JSON.stringify(credentials), type);
    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toMatchObject({
      error: 'unsupported_media_type',
      error_description: `Content-Type is not supported! Accepted: ${formType}`,
    });
  },
);

test('a form that is too large is refused', async () => {
  const answer = await post(form({ ...credentials, scope: 'x'.repeat(20_000) }));
  expect(answer.statusCode).toBe(413);
  expect(answer.json().error_description).toBe('Request body is larger than 16384 bytes!');
});

test('wrong credentials get one answer, and the eleventh of them in a minute for a user another', async () => {
  const wrong = [
    form({ ...credentials, client_secret: 'wrong password' }),
    form({ ...credentials, client_id: 'nobody' }),
  ];
  for (let attempt = 0; attempt < 20; attempt++) {
    const answer = await post(wrong[attempt % wrong.length] ?? '');
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toEqual({
      error: 'unauthorized_client',
      error_description: 'Bad credentials',
      reason: 'CREDENTIALS_NOT_VALID',
    });
  }
  for (const payload of [form(credentials), ...wrong]) {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(429);
    const { retry_after: retryAfter, ...rest } = answer.json();
    expect(rest).toMatchObject({
      error: 'rate_limit_exceeded',
      error_description: `Too many wrong passwords, try again in ${retryAfter} seconds`,
    });
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(answer.headers['retry-after']).toBe(String(retryAfter));
  }
});

test('ten wrong passwords for a name that does not exist block no other user of that address', async () => {
  for (let attempt = 0; attempt < 11; attempt++) {
    const answer = await post(form({ ...credentials, client_id: 'no/name', client_secret: 'a b' }));
    expect(answer.statusCode).toBe(attempt < 10 ? 401 : 429);
  }
  const known = form({ ...credentials, client_id: 'ada', client_secret: passwords.ada });
  expect((await post(known)).statusCode).toBe(200);
});
