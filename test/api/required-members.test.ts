// Every member that the description of the API requires, left out or left empty: the reason is FIELD_REQUIRED, for every
// kind of member and wherever it is checked.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { openapiDocument } from '../../src/http/openapi/openapi-document.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { accepted, type Body, type Item, projectApi } from './support/project-api.ts';
import { keystoreFixture, pemFixture } from './support/sample-keys.ts';

interface Schema {
  readonly $ref?: string;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}
type Path = readonly string[];

let world: TestManager;
let document: Item;
const ec = { type: 'EC', ec: { curveType: 'P256' } };
const keys = [{ environmentName: 'production', content: pemFixture('leaf.key') }];
const keystore = {
  environmentName: 'production',
  file: keystoreFixture('openssl3/key-alone.p12'),
  password: 'changeit',
  keyStoreType: 'PKCS12',
};

/** What a path names exists, so that the request itself is what is checked. */
const existing: readonly (readonly [path: string, body: Body])[] = [
  ['jwks/generate', { name: 'j', ...ec }],
  ['key-rings/', { name: 'r', ...ec }],
  ['applications/', { name: 'a' }],
  ['token-profiles/', { name: 't', keyRingName: 'r', issuer: 'i', audiences: ['x'] }],
  ['views/', { name: 'v' }],
  ['outlets/', { name: 'o', kind: 'FILES', content: 'JWKS', target: { path: 'o.json' } }],
  ['keys/', { name: 'k', keyType: 'PRIVATE_KEY', cryptoKeyInfoEnvironmentList: keys }],
  ['keystores/', { name: 's', keyStoreEnvironmentList: [keystore] }],
];
const names: Readonly<Record<string, string>> = {
  projectName: 'MyProject',
  environmentName: 'production',
  username: 'ada',
  jwkName: 'j',
  ringName: 'r',
  applicationName: 'a',
  tokenProfileName: 't',
  viewName: 'v',
  outletName: 'o',
  keyName: 'k',
  keystoreName: 's',
};
/** Values of members that a rule reads before it misses another. */
const values: Readonly<Record<string, unknown>> = {
  ...names,
  ...keystore,
  keyRingName: 'r',
  content: keys[0]?.content,
};
const contentOfFiles = { content: 'JWKS' };

beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  await world.as('ada');
  const project = projectApi(world.api);
  for (const [path, body] of existing) accepted(await project.call('POST', path, body));
  document = (await openapiDocument()) as Item;
});
afterAll(() => world.close());

function resolved(schema: Schema): readonly Schema[] {
  const { $ref } = schema;
  if ($ref !== undefined) return resolved(document.components.schemas[$ref.split('/').at(-1) ?? '']);
  const variants = schema.oneOf ?? schema.anyOf;
  return variants?.flatMap(resolved).filter(({ type }) => type !== 'null') ?? [schema];
}

function sampleOf(schema: Schema, name: string): unknown {
  const [one = {}] = resolved(schema);
  if (one.const !== undefined) return one.const;
  if (one.type === 'object') return bodyOf(one);
  if (one.type === 'array') return [sampleOf(one.items ?? {}, name)];
  return values[name] ?? one.enum?.[0] ?? one.minimum ?? 'x';
}

/** With the required members alone. */
function bodyOf({ required = [], properties = {} }: Schema): Body {
  return Object.fromEntries(required.map((name) => [name, sampleOf(properties[name] ?? {}, name)]));
}

interface Lack {
  readonly body: Body;
  readonly path: Path;
}

/** Bodies that lack one required member each, at any depth. */
function* lacking(schema: Schema): Generator<Lack> {
  for (const variant of resolved(schema)) {
    const { required = [], properties = {}, items } = variant;
    const whole = bodyOf(variant);
    for (const name of required) {
      const { [name]: value, ...without } = whole;
      yield { body: without, path: [name] };
      const empty = typeof value === 'string' ? '' : Array.isArray(value) ? [] : undefined;
      if (empty !== undefined) yield { body: { ...whole, [name]: empty }, path: [name] };
    }
    for (const [name, member] of Object.entries(properties)) {
      for (const { body, path } of lacking(member))
        yield { body: { ...whole, [name]: body }, path: [name, ...path] };
    }
    if (items !== undefined) {
      for (const { body, path } of lacking(items))
        yield { body: [body] as unknown as Body, path: ['[0]', ...path] };
    }
  }
}

const routes = () =>
  Object.entries<Item>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Item>(methods).flatMap(([method, operation]) => {
      const schema: Schema | undefined = operation.requestBody?.content['application/json']?.schema;
      return schema === undefined ? [] : [{ path, method: method.toUpperCase(), schema }];
    }),
  );

/** The object of another type of ring is rejected as such, a sign-in says only that it failed, and an empty password opens some keystores. */
function isJudgedOtherwise(url: string, { path, body }: Lack): boolean {
  const isOfOtherType = url.endsWith('/key-rings/r/') && ['rsa', 'oct', 'okp', 'akp'].includes(path[0] ?? '');
  const isKeystorePassword = url.includes('/keystores/') && path.at(-1) === 'password';
  const isEmptyPassword = isKeystorePassword && JSON.stringify(body).includes('"password":""');
  return isOfOtherType || isEmptyPassword || url === '/apiops/auth/session/';
}

test('a required member that is missing or empty is FIELD_REQUIRED', async () => {
  const wrong: string[] = [];
  let count = 0;
  for (const { path, method, schema } of routes()) {
    const url = `${path.replace(/\{(\w+)\}/g, (_all, name: string) => names[name] ?? name)}/`;
    for (const lack of lacking(schema)) {
      if (isJudgedOtherwise(url, lack)) continue;
      count++;
      const body = url.includes('/outlets/') ? { ...contentOfFiles, ...lack.body } : lack.body;
      const { status, body: answer } = await world.api(method, url, body);
      const isNamed = answer.member?.endsWith(lack.path.at(-1) ?? '') === true;
      if (status === 400 && answer.reason === 'FIELD_REQUIRED' && isNamed) continue;
      wrong.push(`${method} ${url} ${JSON.stringify(body)}: ${status} ${JSON.stringify(answer)}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(150);
});
