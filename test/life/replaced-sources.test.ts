import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  accepted,
  type Body,
  footprint,
  type Item,
  type ProjectApi,
  projectApi,
  publishedKeys,
  refusal,
} from '../api/support/project-api.ts';
import { pemFixture } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import {
  certificateForm,
  deployedTo,
  failure,
  keyBody,
  keystoreBody,
  makeKeystore,
  makeRsaMaterial,
  type RsaMaterial,
} from './support/material.ts';

// Its name has two spellings in Unicode.
const odd = 'Größe';
const environments = ['production', odd] as const;
let world: TestManager;
let nodes: readonly RunningNode[];
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({ environments });
  nodes = [await world.addNode('production', 'p1'), await world.addNode(odd, 'o1')];
  project = projectApi(world.api);
});
afterAll(() => world.close());

interface Kind {
  readonly path: 'certificates' | 'keys' | 'keystores';
  readonly label: string;
  /** A body that holds this material in these environments. */
  body(name: string, material: RsaMaterial, places?: readonly string[]): Body | FormData;
  /** One whose material no JWK with algorithm RS256 can be made of. */
  unsuitable(name: string): Body | FormData;
  readonly invalidText: RegExp;
  /** Create JWK from it. */
  readonly source: (name: string) => Body;
}

const ec = { cert: pemFixture('ec.pem'), key: pemFixture('ec.key'), jwk: {} };
const inEach = (places: readonly string[], content: string) =>
  Object.fromEntries(places.map((place) => [place, content]));
const certificateBody: Kind['body'] = (name, { cert }, places = environments) =>
  certificateForm({
    certificateName: name,
    alias: `alias of ${name}`,
    environmentList: places.join(),
    pemEncodedFile: cert,
  });
const kinds: readonly Kind[] = [
  {
    path: 'certificates',
    label: 'Certificate',
    body: certificateBody,
    unsuitable: (name) => certificateBody(name, ec),
    invalidText: /Algorithm \(RS256\) is not valid for EC keys/,
    source: (certificateName) => ({ sourceType: 'CERTIFICATE', certificateName }),
  },
  {
    path: 'keys',
    label: 'Key',
    body: (name, { key }, places = environments) => keyBody(name, inEach(places, key)),
    unsuitable: (name) => keyBody(name, inEach(environments, ec.key)),
    invalidText: /Algorithm \(RS256\) is not valid for EC keys/,
    source: (keyName) => ({ sourceType: 'PRIVATE_KEY', keyName }),
  },
  {
    path: 'keystores',
    label: 'Keystore',
    body: (name, material, places = environments) =>
      keystoreBody(name, inEach(places, makeKeystore(material, 'mine'))),
    unsuitable: (name) => keystoreBody(name, inEach(environments, makeKeystore(makeRsaMaterial(), 'other'))),
    invalidText: /Alias \(mine\) is not found in keystore/,
    source: (keyStoreName) => ({ sourceType: 'KEYSTORE', keyStoreName, aliasName: 'mine' }),
  },
];

const signature = { environmentName: 'production', useType: 'SIGNATURE', algorithm: 'RS256' };
const encryption = {
  environmentName: odd.normalize('NFD'),
  useType: 'ENCRYPTION',
  algorithm: 'RSA-OAEP-256',
};
const follow = '?updateReferencedJwks=true&updateScope=';
const shownKeys = async () => Promise.all(nodes.map((node) => publishedKeys(node)));

describe.each(kinds)('JWKs made from one of the $path', (kind) => {
  const { path, label, source } = kind;
  const put = (name: string, body: unknown, query = '') =>
    project.call('PUT', `${path}/${name}/${query}`, body);
  const jwksOf = (name: string) => [`${path}-${name}-signs`, `${path}-${name}-wraps`] as const;

  /** A material and two JWKs made from it, one in each environment. */
  async function make(name: string): Promise<RsaMaterial> {
    const material = makeRsaMaterial();
    accepted(await project.call('POST', `${path}/`, kind.body(name, material)));
    const [signs, wraps] = jwksOf(name);
    accepted(await project.create({ name: signs, ...source(name), ...signature, kid: signs }));
    accepted(await project.create({ name: wraps, ...source(name), ...encryption }));
    return material;
  }

  async function references(name: string, as = project): Promise<readonly Item[]> {
    return (await as.call('GET', `${path}/${name}/references/`)).body.resultList;
  }

  test.each(['SAME_PROJECT', 'ALL_PROJECTS'])('follow it on every node with scope %s', async (scope) => {
    const name = `follow-${scope}`;
    const old = await make(name);
    const before = await Promise.all(jwksOf(name).map((jwk) => project.jwk(jwk)));
    const next = makeRsaMaterial();
    const answer = await put(name, kind.body(name, next), follow + scope);
    expect(answer.body).toEqual(deployedTo('Deploy', ...[...environments].sort()));
    for (const [index, jwk] of jwksOf(name).entries()) {
      const was = before[index] ?? {};
      const after = await project.jwk(jwk);
      expect(after.rsa).toMatchObject(next.jwk);
      expect(after).toMatchObject({
        sourceId: was.sourceId,
        sourceType: was.sourceType,
        use: was.use,
        algorithm: was.algorithm,
      });
      expect(Date.parse(after.updatedAt)).toBeGreaterThan(Date.parse(was.updatedAt));
    }
    const [signs] = jwksOf(name);
    expect((await project.jwk(signs)).kid).toBe(signs);
    for (const keys of await shownKeys()) {
      expect(keys.filter(({ n }) => n === next.jwk.n)).toHaveLength(2);
      expect(keys.filter(({ n }) => n === old.jwk.n)).toEqual([]);
    }
    expect((await references(name)).map((jwk) => jwk.name).sort()).toEqual([...jwksOf(name)]);
    // They follow the next time, too.
    accepted(await put(name, kind.body(name, old), follow + scope));
    expect(await project.material(signs)).toMatchObject(old.jwk);
  });

  test.each(['', '?updateReferencedJwks=false', '?updateReferencedJwks=false&updateScope=SAME_PROJECT'])(
    'are left as they are, detached, with %j',
    async (query) => {
      const name = `leave-${query.length}`;
      await make(name);
      const before = await Promise.all(jwksOf(name).map((jwk) => project.jwk(jwk)));
      const published = await shownKeys();
      const next = makeRsaMaterial();
      accepted(await put(name, kind.body(name, next), query));
      expect(await shownKeys()).toEqual(published);
      for (const [index, jwk] of jwksOf(name).entries()) {
        const { updatedAt: _, ...was } = before[index] ?? {};
        const { updatedAt: __, ...after } = await project.jwk(jwk);
        const noSource = { sourceId: null, sourceEnvironmentName: null, sourceAliasName: null };
        expect(after).toEqual({ ...was, ...noSource });
      }
      expect(await references(name)).toEqual([]);
      // Detached is for good: a later update reaches them no more.
      accepted(await put(name, kind.body(name, makeRsaMaterial()), `${follow}SAME_PROJECT`));
      expect(await shownKeys()).toEqual(published);
      accepted(await project.create({ name: `${path}-${name}-new`, ...source(name), ...signature }));
    },
  );

  test('reject, with the name of the JWK, material that one of them cannot use, and then nothing changes', async () => {
    await make('invalid');
    const before = await footprint(project, nodes);
    const text = refusal(await put('invalid', kind.unsuitable('invalid'), `${follow}SAME_PROJECT`));
    expect(text).toMatch(/^JWK \(name: \w+-invalid-(signs|wraps)\) can not take the new material: /);
    if (text.includes('invalid-signs')) expect(text).toMatch(kind.invalidText);
    expect(await footprint(project, nodes)).toEqual(before);
    accepted(await put('invalid', kind.unsuitable('invalid')));
    expect(await references('invalid')).toEqual([]);
  });

  test('prevent the removal of their environment, unless they are detached', async () => {
    await make('dropped');
    const next = kind.body('dropped', makeRsaMaterial(), ['production']);
    const before = await footprint(project, nodes);
    expect(refusal(await put('dropped', next, `${follow}ALL_PROJECTS`))).toBe(
      `JWK (name: ${path}-dropped-wraps) can not take the new material: ${label} (name: dropped) is not found!`,
    );
    expect(await footprint(project, nodes)).toEqual(before);
    accepted(await put('dropped', kind.body('dropped', makeRsaMaterial(), ['production'])));
    const status = await Promise.all(nodes.map(async (node) => (await fetch(`${node.url}/status`)).json()));
    const counts = status.map((one) => (one as Item).counts[path]);
    expect(counts[1]).toBe(counts[0] - 1);
    accepted(await project.call('DELETE', `${path}/dropped/`));
  });

  const scopes = 'Valid values: SAME_PROJECT, ALL_PROJECTS';
  test.each([
    ['?updateReferencedJwks=true', `updateScope is required when updateReferencedJwks is true! ${scopes}`],
    [`${follow}PROJECT`, `updateScope (PROJECT) is not valid! ${scopes}`],
    [`${follow}same_project`, `updateScope (same_project) is not valid! ${scopes}`],
    [follow, `updateScope () is not valid! ${scopes}`],
    ['?updateScope=X', `updateScope (X) is not valid! ${scopes}`],
    ['?updateReferencedJwks=yes', 'updateReferencedJwks (yes) is not valid! Valid values: true, false'],
    [
      '?updateReferencedJwk=true',
      'Unknown parameter: updateReferencedJwk! Accepted parameters: updateReferencedJwks, updateScope',
    ],
  ])('stay as they are when the update says %j', async (query, text) => {
    if (!(await project.names(path)).includes('policy')) await make('policy');
    const before = await footprint(project, nodes);
    expect(refusal(await put('policy', kind.body('policy', makeRsaMaterial()), query))).toBe(text);
    expect(await footprint(project, nodes)).toEqual(before);
  });

  test('stay as they are when the update is of another name, of nothing, or of broken material', async () => {
    await make('steady');
    const before = await footprint(project, nodes);
    const given = { certificates: 'certificateName', keys: 'Key name', keystores: 'Keystore name' }[path];
    expect(refusal(await put('steady', kind.body('other', makeRsaMaterial())))).toBe(
      `${given} can not be changed! It is steady`,
    );
    expect(refusal(await put('nothing', kind.body('nothing', makeRsaMaterial())))).toBe(
      `${label} (name: nothing) is not found!`,
    );
    const broken = { cert: 'broken', key: 'broken', jwk: {} };
    if (path !== 'keystores') {
      expect(failure(await put('steady', kind.body('steady', broken), `${follow}SAME_PROJECT`))).toMatch(
        /^400 /,
      );
    }
    expect(await footprint(project, nodes)).toEqual(before);
  });

  test('are detached when it is deleted, and stay on the nodes', async () => {
    await make('deleted');
    const published = await shownKeys();
    const answer = await project.call('DELETE', `${path}/deleted/`);
    expect(answer.body).toEqual(deployedTo('Undeploy', ...[...environments].sort()));
    expect(await shownKeys()).toEqual(published);
    for (const jwk of jwksOf('deleted')) expect((await project.jwk(jwk)).sourceId).toBeNull();
    expect(refusal(await project.call('GET', `${path}/deleted/references/`))).toBe(
      `${label} (name: deleted) is not found!`,
    );
  });

  test('are one update’s or another’s when several race, never half of each', async () => {
    await make('raced');
    const candidates = [makeRsaMaterial(), makeRsaMaterial(), makeRsaMaterial()];
    const answers = await Promise.all(
      candidates.map((next) => put('raced', kind.body('raced', next), `${follow}SAME_PROJECT`)),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    for (const { status } of answers) expect([200, 409]).toContain(status);
    const moduli = await Promise.all(jwksOf('raced').map(async (jwk) => (await project.material(jwk)).n));
    expect(new Set(moduli).size).toBe(1);
    const winners = candidates.filter((_, index) => answers[index]?.status === 200).map(({ jwk }) => jwk.n);
    expect(winners).toContain(moduli[0]);
  });

  test('are listed to those who may read JWKs', async () => {
    await make('listed');
    expect(await references('listed')).toEqual(
      jwksOf('listed').map((name) => ({ projectName: 'MyProject', name })),
    );
    if (path !== 'certificates') return;
    const member = { project: 'MyProject', roles: ['ROLE_MANAGE_PROXIES'] };
    const other = projectApi(await world.as('certifier', member));
    expect(await references('listed', other)).toEqual([]);
  });
});
