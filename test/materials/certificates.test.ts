import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  accepted,
  footprint,
  nodeStatus,
  type ProjectApi,
  pemFile,
  projectApi,
  refusal,
} from '../api/support/project-api.ts';
import { pemFixture } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let nodes: readonly RunningNode[];
let project: ProjectApi;
let other: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({
    environments: ['production', 'staging'],
    projects: ['MyProject', 'Other'],
  });
  nodes = [await world.addNode('production', 'p1'), await world.addNode('staging', 's1')];
  project = projectApi(world.api);
  other = projectApi(world.api, 'Other');
});
afterAll(() => world.close());

type Fields = Readonly<Record<string, string | Blob | undefined>>;
const fields = (name: string, more: Fields = {}): Fields => ({
  certificateName: name,
  alias: `alias of ${name}`,
  environmentList: 'production',
  pemEncodedFile: pemFile(pemFixture('leaf.pem')),
  ...more,
});
const upload = (name: string, more: Fields = {}) => project.certificate(fields(name, more));
const file = (text: string) => ({ pemEncodedFile: pemFile(text) });

describe('a certificate', () => {
  test('is stored, deployed to its environments and shown', async () => {
    const answer = await upload('first', {
      environmentList: 'staging, production',
      certificateDescription: 'the first one',
    });
    expect(answer.body).toEqual({
      success: true,
      deploymentResult: {
        success: true,
        message: 'Deployment completed successfully',
        environmentResults: [
          { environmentName: 'production', success: true, message: 'Deployed successfully' },
          { environmentName: 'staging', success: true, message: 'Deployed successfully' },
        ],
      },
    });
    for (const node of nodes) expect((await nodeStatus(node)).counts).toMatchObject({ certificates: 1 });
    const { body } = await project.call('GET', 'certificates/first/');
    const certificate = new X509Certificate(pemFixture('leaf.pem'));
    const own = {
      startDate: certificate.validFromDate.toISOString(),
      endDate: certificate.validToDate.toISOString(),
      base64EncodedContent: certificate.raw.toString('base64'),
      subjectDn: 'CN=example.com, O=Example Inc, C=US',
      alias: 'alias of first',
    };
    expect(body).toMatchObject({ success: true, resultCount: 1 });
    expect(body.resultList[0]).toMatchObject({ name: 'first', description: 'the first one' });
    const list = body.resultList[0].certificateEnvironmentList;
    expect(list).toMatchObject([
      { environmentName: 'production', ...own },
      { environmentName: 'staging', ...own },
    ]);
    expect(list[0].sha1Thumbprint.replaceAll(':', '').toLowerCase()).toBe(
      certificate.fingerprint.replaceAll(':', '').toLowerCase(),
    );
    expect((await project.call('GET', 'certificates/')).body.resultList).toEqual(body.resultList);
  });

  test('goes to the environments it has material for, and to no other', async () => {
    const before = await Promise.all(nodes.map(nodeStatus));
    accepted(await upload('production-only'));
    const after = await Promise.all(nodes.map(nodeStatus));
    expect(after[0]?.counts.certificates).toBe(before[0]?.counts.certificates + 1);
    expect(after[1]).toEqual(before[1]);
  });

  test('is undeployed and no longer found when it is deleted', async () => {
    accepted(await upload('to-delete'));
    const before = await nodeStatus(nodes[0] as RunningNode);
    const answer = await project.call('DELETE', 'certificates/to-delete/');
    expect(answer.body).toMatchObject({
      success: true,
      deploymentResult: {
        success: true,
        message: 'Undeployment completed successfully',
        environmentResults: [
          { environmentName: 'production', success: true, message: 'Undeployed successfully' },
        ],
      },
    });
    expect((await nodeStatus(nodes[0] as RunningNode)).counts.certificates).toBe(
      before.counts.certificates - 1,
    );
    for (const method of ['GET', 'DELETE']) {
      const gone = await project.call(method, 'certificates/to-delete/');
      expect(refusal(gone)).toBe('Certificate (name: to-delete) is not found!');
    }
    accepted(await upload('to-delete'));
  });

  test.each([
    ['an EC key', 'ec.pem'],
    ['an Ed25519 key', 'ed25519.pem'],
    ['the past', 'expired.pem'],
    ['names that need escapes', 'names.pem'],
    ['RSASSA-PSS', 'pss.pem'],
  ])('may be of %s', async (_what, name) => {
    accepted(await upload(name, file(pemFixture(name))));
  });

  test('may come with its issuers, with text before it, and with the lines of Windows', async () => {
    const chain = ['leaf.pem', 'intermediate.pem', 'root.pem'].map(pemFixture).join('\n');
    accepted(await upload('chain', file(chain)));
    accepted(await upload('explained', file(`Certificate:\n  Data: x\n${pemFixture('ec.pem')}`)));
    accepted(await upload('windows', file(pemFixture('ec.pem').replaceAll('\n', '\r\n'))));
    accepted(await upload('as-text', { pemEncodedFile: pemFixture('ec.pem') }));
  });
});

describe('a certificate that is refused', () => {
  const leaf = pemFixture('leaf.pem');
  const nowhere = 'Environment (nowhere) is not found or user does not have privilege to access it!';
  test.each<[what: string, more: Fields, text: string | RegExp]>([
    ['has no name', { certificateName: undefined }, 'certificateName value can not be empty!'],
    ['has an empty name', { certificateName: '' }, 'certificateName value can not be empty!'],
    ['has a blank name', { certificateName: ' ' }, 'certificateName value can not be empty!'],
    ['has no alias', { alias: undefined }, 'alias value can not be empty!'],
    ['has an empty alias', { alias: '' }, 'alias value can not be empty!'],
    ['has no environment', { environmentList: undefined }, 'environmentList value can not be empty!'],
    ['has an empty environment', { environmentList: ' ' }, 'environmentList value can not be empty!'],
    ['has commas for environments', { environmentList: ',,' }, 'environmentList value can not be empty!'],
    ['has no file', { pemEncodedFile: undefined }, 'pemEncodedFile value can not be empty!'],
    ['has an empty file', file(''), 'pemEncodedFile value can not be empty!'],
    [
      'has a path for a name',
      { certificateName: '../x' },
      /^certificateName \(\.\.\/x\) is not valid! A name has/,
    ],
    [
      'has a long name',
      { certificateName: 'x'.repeat(129) },
      /^certificateName \(x+…\) is not valid! A name has/,
    ],
    ['has an alias with a line end', { alias: 'a\u{7}b' }, /^alias is not valid!/],
    ['names an environment that is not there', { environmentList: 'nowhere' }, nowhere],
    ['names one that is and one that is not', { environmentList: 'production,nowhere' }, nowhere],
    [
      'names an environment twice',
      { environmentList: 'production,production' },
      /^Environment \(production\) is named twice!/,
    ],
    [
      'has the name of another',
      { certificateName: 'first', alias: 'x' },
      'Certificate (name: first) is already exist!',
    ],
    [
      'has the alias of another',
      { alias: 'alias of first' },
      'Alias (alias of first) is already used for another certificate, try changing this value!',
    ],
    [
      'has the alias of another in one of its environments',
      { alias: 'alias of production-only', environmentList: 'staging,production' },
      'Alias (alias of production-only) is already used for another certificate, try changing this value!',
    ],
    [
      'has a member that nothing knows',
      { color: 'red' },
      /^Unknown member: color! Accepted members: certificateName, /,
    ],
    ['is no PEM', file('hello'), /^Certificate file holds no PEM block!/],
    [
      'is DER that is cut off',
      { pemEncodedFile: new Blob([new Uint8Array([0x30, 0x82, 0xff, 0xfe])]) },
      'Certificate is not valid: it ends too early',
    ],
    [
      'is bytes',
      { pemEncodedFile: new Blob([new Uint8Array([0xff, 0xfe, 0x30, 0x82])]) },
      /^Certificate file holds no PEM block! It takes PEM .* or DER/,
    ],
    [
      'is a private key',
      file(pemFixture('leaf.key')),
      /^Certificate file holds a private key \(PRIVATE KEY\)/,
    ],
    [
      'has a private key behind it',
      file(leaf + pemFixture('leaf.key')),
      /^Certificate file holds a private key/,
    ],
    [
      'is a public key',
      file(pemFixture('ec-compressed-public.pem')),
      /holds a public key \(PUBLIC KEY\) where a certificate belongs! Upload it as a key/,
    ],
    ['has text behind it', file(`${leaf}and more`), /^Certificate file has text behind its last PEM block/],
    ['is cut off', file(leaf.slice(0, 500)), /has no END line/],
    [
      'is garbage in a frame',
      file('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
      /^Certificate is not valid/,
    ],
    ['is not base64', file('-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n'), /is damaged/],
    ['has explicit parameters', file(pemFixture('explicit.pem')), /explicit parameters/],
  ])('%s', async (_what, more, text) => {
    const before = await footprint(project, nodes);
    const answer = refusal(await upload('refused', more));
    if (typeof text === 'string') expect(answer).toBe(text);
    else expect(answer).toMatch(text);
    expect(await footprint(project, nodes)).toEqual(before);
  });

  test('has the alias of a certificate of another project', async () => {
    const text = 'Alias (alias of first) is already used for another certificate, try changing this value!';
    expect(refusal(await other.certificate(fields('theirs', { alias: 'alias of first' })))).toBe(text);
    expect(refusal(await other.call('GET', 'certificates/first/'))).toBe(
      'Certificate (name: first) is not found!',
    );
    expect(refusal(await other.call('DELETE', 'certificates/first/'))).toBe(
      'Certificate (name: first) is not found!',
    );
    accepted(await other.certificate(fields('first', { alias: 'theirs' })));
  });
});
