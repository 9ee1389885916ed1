import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createClient,
  every,
  KeyplaneApiError,
  KeyplaneConnectionError,
} from '../../clients/typescript/src/index.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

const projectName = 'MyProject';
const ec = { type: 'EC', ec: { curveType: 'P256' } } as const;

let world: TestManager;
beforeAll(async () => {
  world = await startTestManager({ projects: [projectName] });
});
afterAll(() => world.close());

const direct = () => createClient({ url: `${world.url}/`, token: world.api.token });
const names = async () => (await direct().listJwks({ projectName })).resultList.map(({ name }) => name);

/** A proxy that handles the first answers as the test says, and forwards all later ones. */
async function between(first: readonly ('lose' | 'busy' | 'garbage')[]) {
  const todo = [...first];
  const seen: (string | undefined)[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    seen.push(request.headers['idempotency-key'] as string | undefined);
    const what = todo.shift();
    if (what === 'busy') return response.writeHead(503).end('<html>try later</html>');
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const answer = await fetch(world.url + request.url, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const text = await answer.text();
    if (what === 'lose') return request.socket.destroy();
    if (what === 'garbage') return response.writeHead(200).end(text.slice(0, 20));
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    seen,
    client: createClient({ url, token: world.api.token, retries: { baseMs: 1, capMs: 2 } }),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe('the client', () => {
  test.each([undefined, '', 'keyplane.example', '/apiops'])('is not created for url %j', (url) => {
    expect(() => createClient({ url: url as string })).toThrow(
      `url (${url}) is not valid! It takes the URL of the manager`,
    );
  });

  test('calls an operation by its name and gives its answer as it is', async () => {
    const answer = await direct().generateJwk({ projectName, body: { name: 'plain', ...ec } });
    expect(answer.deploymentResult).toEqual({
      success: true,
      message: 'Deployment completed successfully',
      environmentResults: [],
    });
    const [jwk] = (await direct().getJwkPublic({ projectName, jwkName: 'plain' })).resultList;
    expect(jwk?.pem).toMatch(/BEGIN PUBLIC KEY/);
    const session = await direct().getSession();
    expect(session.username).toBe('admin');
  });

  test('throws a rejection of the server as an error with its code, text and request id', async () => {
    const refused = direct().getJwk({ projectName, jwkName: 'nope' });
    await expect(refused).rejects.toBeInstanceOf(KeyplaneApiError);
    await expect(refused).rejects.toMatchObject({
      code: 'bad_request',
      status: 400,
      message: 'JWK (name: nope) is not found!',
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    const unauthenticated = createClient({ url: world.url, token: 'garbage' });
    await expect(unauthenticated.listProjects()).rejects.toMatchObject({
      code: 'unauthorized_client',
      status: 401,
    });
  });

  test.each([['lose'], ['garbage'], ['busy']] as const)(
    'repeats a change whose answer was spoiled (%s) with the same key, and it is done once',
    async (what) => {
      const { client, seen, close } = await between([what, what]);
      const answer = await client.generateJwk({ projectName, body: { name: `once-${what}`, ...ec } });
      await close();
      expect(answer.success).toBe(true);
      expect(seen).toHaveLength(3);
      expect(new Set(seen).size).toBe(1);
      expect(seen[0]).toMatch(/^[\da-f-]{36}$/);
      expect((await names()).filter((name) => name === `once-${what}`)).toHaveLength(1);
    },
  );

  test('never repeats a request that is not idempotent, nor one that the server rejected', async () => {
    const { client, seen, close } = await between(['lose']);
    await expect(client.createToken({ body: { name: 'lost' } })).rejects.toBeInstanceOf(
      KeyplaneConnectionError,
    );
    await expect(client.getJwk({ projectName, jwkName: 'nope' })).rejects.toMatchObject({ status: 400 });
    await close();
    expect(seen).toEqual([undefined, undefined]);
  });

  test('stops after a fixed number of attempts, and at once when the caller aborts', async () => {
    const { client, seen, close } = await between(Array.from({ length: 9 }, () => 'busy' as const));
    await expect(client.listProjects()).rejects.toMatchObject({ status: 503 });
    expect(seen).toHaveLength(4);
    const stopped = AbortSignal.abort(new Error('enough'));
    await expect(client.listProjects({}, { signal: stopped })).rejects.toThrow('enough');
    await close();
  });

  test('walks a list of several pages to its end', async () => {
    const making = Array.from({ length: 120 }, (_, index) =>
      direct().createJwk({
        projectName,
        body: {
          name: `many-${String(index).padStart(3, '0')}`,
          sourceType: 'COPY_PASTE',
          jwkStr: '{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAA"}',
        },
      }),
    );
    await Promise.all(making);
    const found: string[] = [];
    const list = every((page) => direct().listJwks({ projectName, search: 'many-', ...page }));
    for await (const { name } of list) found.push(name);
    expect(found).toHaveLength(120);
    expect(new Set(found).size).toBe(120);
  });

  test('uploads and downloads files', async () => {
    const file = new Blob(['{"keys":[{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAA"}]}']);
    await direct().importJwkFile({ projectName, body: { jwkName: 'ünder.ü', jwkFile: file } });
    const exported = await direct().exportJwkFile({ projectName, jwkName: 'ünder.ü' });
    expect(exported.name).toBe('ünder.ü.json');
    expect(JSON.parse(new TextDecoder().decode(exported.bytes)).keys[0].kty).toBe('oct');
  });
});
