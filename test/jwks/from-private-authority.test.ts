import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { accepted, projectApi, refusal } from '../api/support/project-api.ts';
import { p256Public } from '../api/support/sample-keys.ts';
import { makeTestAuthority, startHttpServer } from '../support/http-servers.ts';
import { startTestManager } from '../support/manager.ts';

const folder = mkdtempSync(join(tmpdir(), 'keyplane-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a server of a private authority is trusted by a manager whose KEYPLANE_URL_CA_FILE holds the authority', async () => {
  const authority = makeTestAuthority();
  const tls = authority.issue({ addresses: ['127.0.0.1'] });
  const server = await startHttpServer((_request, response) => response.end(JSON.stringify(p256Public)), {
    tls,
  });
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.caCertificate);
  const allow = { KEYPLANE_URL_ALLOW: '127.0.0.1' };
  const source = { name: 'partner', sourceType: 'URL', url: server.origin };
  const without = await startTestManager({ settings: allow });
  try {
    expect(refusal(await projectApi(without.api).create(source))).toContain(
      'its certificate is not trusted, because the server does not send',
    );
  } finally {
    await without.close();
  }
  const world = await startTestManager({ settings: { ...allow, KEYPLANE_URL_CA_FILE: caFile } });
  try {
    accepted(await projectApi(world.api).create(source));
  } finally {
    await world.close();
    await server.close();
  }
});
