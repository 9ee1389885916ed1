import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readJson } from '../../src/http/requests/json-body.ts';
import { type HttpWorld, openHttpWorld } from './support/http-world.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await openHttpWorld();
});
afterAll(() => world.close());

const json = { 'content-type': 'application/json' };
const post = (payload: string | Buffer, headers: Record<string, string> = json) =>
  world.call('POST', '/apiops/projects/', { payload, headers });
const nested = (depth: number) => `{"name":"x","a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

describe('a body', () => {
  test.each<[name: string, payload: string | Buffer, text: string | RegExp]>([
    ['empty', '', 'Request body is required and must be a JSON object!'],
    ['null', 'null', 'Request body is required and must be a JSON object!'],
    ['a list', '[]', 'Request body must be a JSON object!'],
    ['a string', '"name"', 'Request body must be a JSON object!'],
    ['a number', '1', 'Request body must be a JSON object!'],
    ['no JSON', '{"name":', 'Request body is not valid JSON!'],
    ['two values', '{}{}', 'Request body is not valid JSON!'],
    ['a comment', '{/* */}', 'Request body is not valid JSON!'],
    ['single quotes', "{'name':'x'}", 'Request body is not valid JSON!'],
    ['a trailing comma', '{"name":"x",}', 'Request body is not valid JSON!'],
    ['an open string', '{"name":"x\\"}', 'Request body is not valid JSON!'],
    ['NaN', '{"name":NaN}', 'Request body is not valid JSON!'],
    [
      'broken UTF-8',
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      'Request body is not valid UTF-8!',
    ],
    ['UTF-16', Buffer.from('\ufeff{"name":"x"}', 'utf16le'), 'Request body is not valid UTF-8!'],
    ['too deep', nested(33), 'Request body is nested deeper than 32 levels!'],
    ['very deep', '['.repeat(500_000), 'Request body is nested deeper than 32 levels!'],
    ['too many members', `{"a":[${'1,'.repeat(60_000)}1]}`, 'Request body has more than 50000 members!'],
    ['a prototype', '{"name":"x","__proto__":{"admin":true}}', 'Member __proto__ is not allowed!'],
    ['an escaped prototype', '{"name":"x","\\u005f_proto__":{}}', 'Member __proto__ is not allowed!'],
    ['a nested prototype', '{"name":"x","a":[{"__proto__":1}]}', 'Member __proto__ is not allowed!'],
    ['a constructor', '{"name":"x","constructor":{"prototype":{}}}', 'Member constructor is not allowed!'],
    ['NUL', '{"name":"x","description":"a\\u0000b"}', /^Request body has a string with a character/],
    [
      'half a surrogate pair',
      '{"name":"x","description":"\\ud83d"}',
      /^Request body has a string with a character/,
    ],
    [
      'an unknown member',
      '{"name":"x","color":"red"}',
      'Unknown member: color! Accepted members: name, description, publishKeyTypes',
    ],
    [
      'constructor as a member',
      '{"name":"x","constructor":1}',
      'Unknown member: constructor! Accepted members: name, description, publishKeyTypes',
    ],
    ['a name of another type', '{"name":1}', 'name must be a string!'],
    ['a name that is a list', '{"name":["x"]}', 'name must be a string!'],
    ['a description of another type', '{"name":"x","description":{}}', 'description must be a string!'],
    [
      'a long description',
      `{"name":"x","description":"${'d'.repeat(1025)}"}`,
      'description must have at most 1024 characters!',
    ],
    ['no name', '{}', 'Project name can not be empty!'],
    ['a null name', '{"name":null}', 'Project name can not be empty!'],
    ['an empty name', '{"name":""}', 'Project name can not be empty!'],
  ])('with %s is refused with 400 and one sentence', async (_name, payload, text) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      error: 'bad_request',
      error_description: expect.stringMatching(text),
    });
    if (typeof text === 'string') expect(answer.json().error_description).toBe(text);
  });

  test.each<[headers: Record<string, string>, text: RegExp]>([
    [{}, /^Content-Type is not supported! Accepted: application\/json$/],
    [{ 'content-type': 'text/plain' }, /^Content-Type is not supported!/],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, /^Content-Type is not supported!/],
    [{ 'content-type': 'multipart/form-data; boundary=x' }, /^Content-Type is not supported!/],
    [{ 'content-type': 'application/jsonp' }, /^Content-Type is not supported!/],
    [{ 'content-type': 'application/jwk+json' }, /^Content-Type is not supported!/],
    [{ 'content-type': 'nonsense' }, /^Content-Type is not supported!/],
    [
      { 'content-type': 'application/json; charset=iso-8859-1' },
      /^Charset \(iso-8859-1\) is not supported! Use UTF-8\.$/,
    ],
    [{ 'content-type': 'application/json;charset="utf-16"' }, /^Charset \(utf-16\) is not supported!/],
    [{ ...json, 'content-encoding': 'gzip' }, /^Content-Encoding \(gzip\) is not supported!/],
  ])('of another type is refused with 415: %j', async (headers, text) => {
    const answer = await post('{"name":"x"}', headers);
    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toMatchObject({
      error: 'unsupported_media_type',
      error_description: expect.stringMatching(text),
    });
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON',
  ])('of type %s is taken', async (contentType) => {
    const answer = await post('\ufeff{"name":"","description":null}', { 'content-type': contentType });
    expect(answer.json().error_description).toBe('Project name can not be empty!');
  });

  test('that is too large is refused with 413, in one piece or in many', async () => {
    const answer = await post(`{"name":"${'x'.repeat(1024 * 1024)}"}`);
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({
      error: 'payload_too_large',
      error_description: 'Request body is larger than 1048576 bytes!',
    });
  });

  test('may leave members out or set them to null, which is the same', async () => {
    expect((await post('{"name":"with-null","description":null}')).json()).toEqual({ success: true });
    expect((await post('{"name":"without"}')).json()).toEqual({ success: true });
    const { resultList } = (await world.call('GET', '/apiops/projects/')).json();
    expect(resultList.map(({ description }: { description: unknown }) => description)).toEqual([null, null]);
  });

  test('is optional if a route needs none, but its members are still checked', async () => {
    await world.call('POST', '/apiops/environments/', { body: { name: 'e', type: 'TEST' } });
    const url = '/apiops/environments/e/enrollment-tokens/';
    for (const options of [{}, { payload: '', headers: json }, { body: {} }, { body: { label: null } }]) {
      expect((await world.call('POST', url, options)).statusCode).toBe(200);
    }
    const answer = await world.call('POST', url, { body: { label: 'x' } });
    expect(answer.json().error_description).toBe(
      'Unknown member: label! Accepted members: name, expiresAt, maxNodes, privateKeys',
    );
  });

  test('is not required for a deletion', async () => {
    await world.call('POST', '/apiops/tokens/', { body: { name: 'one' } });
    const answer = await world.call('DELETE', '/apiops/tokens/one/', { payload: '', headers: json });
    expect(answer.json()).toEqual({ success: true });
  });
});

describe('reading JSON', () => {
  test('takes what is within its limits as it is, but for null members', () => {
    const body = '{"a":[1,null,{"b":null,"c":"\\"[{"}],"d":"\\\\","e":{"f":{}},"n":-1.5e3,"g":"😀"}';
    expect(readJson(Buffer.from(body))).toEqual({
      a: [1, null, { c: '"[{' }],
      d: '\\',
      e: { f: {} },
      n: -1500,
      g: '😀',
    });
    expect(readJson(Buffer.from(nested(31)))).toBeDefined();
  });

  test('takes a file of 14 MiB as a plain string', () => {
    const file = 'QUJD'.repeat(3_500_000);
    expect(readJson(Buffer.from(`{"file":"${file}","name":"a\\"b\\\\"}`))).toEqual({ file, name: 'a"b\\' });
  });

  test.each([
    ['escapes', `{"file":"${'\\"'.repeat(3_500_000)}"}`, 'too much in it'],
    ['digits', `[${'1'.repeat(14_000_000)}]`, 'too much in it'],
    ['spaces', `{${' '.repeat(14_000_000)}}`, 'too much in it'],
    ['an open string', `{"file":"${'\\"'.repeat(3_500_000)}`, 'too much in it'],
    ['lists in lists', '['.repeat(14_000_000), 'nested deeper'],
    ['members', `[${'{},'.repeat(4_000_000)}{}]`, 'more than 50000 members'],
    ['empty strings', `[${'"",'.repeat(4_000_000)}""]`, 'more than 50000 members'],
  ])('refuses 14 MiB of %s before it parses them', (_name, text, reason) => {
    expect(() => readJson(Buffer.from(text))).toThrow(reason);
  });
});
