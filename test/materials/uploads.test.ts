import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, type ProjectApi, pemFile, projectApi, refusal } from '../api/support/project-api.ts';
import { pemFixture } from '../api/support/sample-keys.ts';
import { type Answer, startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  project = projectApi(world.api);
});
afterAll(() => world.close());

function form(name: string): FormData {
  const data = new FormData();
  data.set('certificateName', name);
  data.set('alias', name);
  data.set('environmentList', 'production');
  data.set('pemEncodedFile', pemFile(pemFixture('ec.pem')), 'ec.pem');
  return data;
}
const send = (data: FormData) => project.call('POST', 'certificates/', data);

/** A body as no library writes it. */
async function sendRaw(body: string | Buffer, contentType: string): Promise<Answer> {
  const answer = await fetch(`${world.url}/apiops/projects/MyProject/certificates/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.api.token}`, 'content-type': contentType },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  return { status: answer.status, body: await answer.json(), headers: answer.headers };
}

const multipart = 'multipart/form-data; boundary=x';
const part = (name: string, value: string) =>
  `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

describe('an upload', () => {
  test('with a part that is given twice is refused', async () => {
    const twoFiles = form('refused');
    twoFiles.append('pemEncodedFile', pemFile(pemFixture('leaf.pem')), 'leaf.pem');
    expect(refusal(await send(twoFiles))).toBe('pemEncodedFile is given twice!');
    const twoNames = form('refused');
    twoNames.append('certificateName', 'other');
    expect(refusal(await send(twoNames))).toBe('certificateName is given twice!');
  });

  test('of a large file is refused with 413', async () => {
    const data = form('refused');
    data.set('pemEncodedFile', pemFile('x'.repeat(1_100_000)), 'large.pem');
    expect(await send(data)).toMatchObject({ status: 413, body: { error: 'payload_too_large' } });
    data.set('pemEncodedFile', pemFile('x'.repeat(4_000_000)), 'huge.pem');
    expect(await send(data)).toMatchObject({ status: 413, body: { error: 'payload_too_large' } });
  });

  test('with a long field or many parts is refused', async () => {
    const long = form('refused');
    long.set('certificateDescription', 'd'.repeat(1025));
    expect(refusal(await send(long))).toBe('certificateDescription must have at most 1024 characters!');
    const longer = form('refused');
    longer.set('certificateDescription', 'd'.repeat(100_000));
    expect((await send(longer)).status).toBeOneOf([400, 413]);
    const many = form('refused');
    for (let index = 0; index < 50; index++) many.append(`part-${index}`, 'x');
    expect((await send(many)).status).toBeOneOf([400, 413]);
  });

  test('that is not multipart/form-data is refused with 415', async () => {
    for (const type of [
      'application/json',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/mixed; boundary=x',
    ]) {
      const answer = await sendRaw('{}', type);
      expect(answer).toMatchObject({ status: 415, body: { error: 'unsupported_media_type' } });
    }
    expect(await project.call('POST', 'certificates/', { certificateName: 'x' })).toMatchObject({
      status: 415,
    });
  });

  test.each([
    ['without a boundary', 'multipart/form-data', part('alias', 'x')],
    [
      'of another boundary',
      multipart,
      '--y\r\nContent-Disposition: form-data; name="alias"\r\n\r\nx\r\n--y--\r\n',
    ],
    ['that is cut off', multipart, part('alias', 'x')],
    ['that is cut off in a part', multipart, '--x\r\nContent-Disposition: form-data; name="alias"\r\n\r\nx'],
    ['that is cut off in a header', multipart, '--x\r\nContent-Dispos'],
    ['that is empty', multipart, ''],
    ['of an end alone', multipart, '--x--\r\n'],
    ['of a part without a name', multipart, '--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--\r\n'],
    ['that reaches for a prototype', multipart, `${part('__proto__', 'x')}--x--\r\n`],
    ['that reaches for a constructor', multipart, `${part('constructor', 'x')}--x--\r\n`],
  ])('%s is refused', async (_what, type, body) => {
    refusal(await sendRaw(body, type));
  });

  test('whose part has no name is refused for that', async () => {
    const body = '--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--\r\n';
    expect(refusal(await sendRaw(body, multipart))).toBe('A part of the upload has no name!');
  });

  test('with NUL or an incomplete character in a field is rejected', async () => {
    const nul = form('refused');
    nul.set('certificateDescription', 'a\u{0}b');
    expect(refusal(await send(nul))).toBe('certificateDescription is not text!');
    const whole =
      part('certificateName', 'refused') +
      part('alias', 'refused') +
      part('certificateDescription', 'bad?bytes') +
      part('environmentList', 'production') +
      part('pemEncodedFile', pemFixture('ec.pem'));
    const bytes = Buffer.from(`${whole}--x--\r\n`);
    bytes[bytes.indexOf('?')] = 0xe9;
    expect(refusal(await sendRaw(bytes, multipart))).toBe(
      'certificateDescription is not valid UTF-8, or has the replacement character U+FFFD!',
    );
    expect(await project.names('certificates')).not.toContain('refused');
  });

  test('may have its parts in any order, and a file under any file name', async () => {
    const data = new FormData();
    data.set('pemEncodedFile', pemFile(pemFixture('ec.pem')), '../../etc/passwd');
    for (const [name, value] of form('any-order')) if (typeof value === 'string') data.set(name, value);
    accepted(await send(data));
    expect(await project.names('certificates')).toEqual(['any-order']);
  });
});
