// Keys in the format of PuTTY are converted with the command that the error names.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, type ProjectApi, projectApi } from '../api/support/project-api.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

const hasPuttygen = spawnSync('which', ['puttygen']).status === 0;
if (!hasPuttygen) console.info('keys of PuTTY are not converted here: puttygen is missing');

let world: TestManager;
let project: ProjectApi;
const folder = mkdtempSync(join(tmpdir(), 'keyplane-putty-'));
const path = (name: string) => join(folder, name);
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  project = projectApi(world.api);
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const keyOf = (name: string, content: string) =>
  project.call('POST', 'keys/', {
    name,
    keyType: 'PRIVATE_KEY',
    cryptoKeyInfoEnvironmentList: [{ environmentName: 'production', content }],
  });

function certificateOf(name: string, content: string) {
  const own = { certificateName: name, alias: name, environmentList: 'production' };
  return project.certificate({ ...own, pemEncodedFile: new Blob([content]) });
}

function run(program: string, args: readonly string[], typed = ''): void {
  // A session of its own has no terminal, on which the passphrase would be asked for.
  const { status, stderr } = spawnSync('setsid', ['--wait', program, ...args], { input: typed, cwd: folder });
  expect(status, `${args}\n${stderr}`).toBe(0);
}

const forms = ['rsa', 'ecdsa', 'ed25519'].flatMap((type) =>
  ['2', '3'].flatMap((version) => ['', 'sample-pass'].map((secret) => ({ type, version, secret }))),
);

describe.skipIf(!hasPuttygen)('the command of the error converts', () => {
  test.each(forms)(
    'a $type key of PuTTY in version $version under the passphrase "$secret"',
    async ({ type, version, secret }) => {
      writeFileSync(path('secret'), secret);
      rmSync(path('key.ppk'), { force: true });
      const options = ['--ppk-param', `version=${version}`, '--new-passphrase', 'secret', '-q'];
      run('puttygen', ['-t', type, '-O', 'private', '-o', 'key.ppk', ...options]);
      const ppk = readFileSync(path('key.ppk'), 'utf8');
      expect(ppk).toMatch(new RegExp(`^PuTTY-User-Key-File-${version}: `));
      const name = `${type}-${version}-${secret.length}`;
      for (const answer of [await keyOf(name, ppk), await certificateOf(name, ppk)]) {
        expect(answer).toMatchObject({ status: 400, body: { reason: 'FORM_NOT_SUPPORTED' } });
        const [, command = ''] = /`([^`]+)`/.exec(answer.body.error_description) ?? [];
        rmSync(path('key.pem'), { force: true });
        run('sh', ['-c', command], `${secret}\n`);
      }
      accepted(await keyOf(name, readFileSync(path('key.pem'), 'utf8')));
    },
  );
});
