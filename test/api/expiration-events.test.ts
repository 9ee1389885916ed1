// Warnings that a JWK expires: each once, whichever manager polls, and however often its source is updated.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExpirationWatch } from '../../src/jwks/expiration/expiration-watch.ts';
import { Lease } from '../../src/leases/lease.ts';
import { CertificateFolder } from '../support/issued-certificates.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';
import { accepted, type ProjectApi, pemFile, projectApi } from './support/project-api.ts';

const base = '/apiops/projects/MyProject';
const dayMs = 86_400_000;
const certificates = new CertificateFolder();
let world: TestManager;
let api: Api;
let project: ProjectApi;
/** How far the clock of the watches is ahead. */
let days = 0;

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'] });
  ({ api } = world);
  project = projectApi(api);
});
afterAll(async () => {
  certificates.remove();
  await world?.close();
});

function watchOf(holder: string): ExpirationWatch {
  const { store } = world.manager.services;
  const onError = (error: unknown) => {
    throw error;
  };
  const lease = new Lease({ store, name: 'expirations later', holder, onError });
  return new ExpirationWatch({ store, lease, clock: () => new Date(Date.now() + days * dayMs), onError });
}

async function warnings(name: string): Promise<readonly unknown[]> {
  const { body } = await api('GET', `${base}/events/?limit=1000&types=jwk.expiring`);
  const events: readonly { data: { objectName: string; warning: string } }[] = body.resultList;
  return events.filter(({ data }) => data.objectName === name).map(({ data }) => data.warning);
}

test('are recorded once each, over take-overs and a restart of the manager', async () => {
  days = 0;
  const expirationTime = new Date(Date.now() + 40 * dayMs).toISOString();
  const jwk = { name: 'handed-on', type: 'EC', ec: { curveType: 'P256', expirationTime } };
  accepted(await api('POST', `${base}/jwks/generate`, jwk));
  const [first, second] = [watchOf('first'), watchOf('second')];
  const poll = async () => {
    for (const watch of [first, second]) await watch.poll();
  };
  await poll();
  days = 10.5;
  await poll();
  expect(await warnings('handed-on')).toEqual(['P30D']);
  await first.close();
  const third = watchOf('third');
  await second.poll();
  await third.poll();
  expect(await warnings('handed-on')).toEqual(['P30D']);
  days = 33.5;
  await second.poll();
  expect(await warnings('handed-on')).toEqual(['P30D', 'P7D']);
  await second.close();
  await third.poll();
  await third.close();
  await world.restart();
  const restarted = watchOf('restarted');
  await restarted.poll();
  expect(await warnings('handed-on')).toEqual(['P30D', 'P7D']);
  days = 39.5;
  await restarted.poll();
  await restarted.close();
  const last = watchOf('last');
  await last.poll();
  await last.close();
  expect(await warnings('handed-on')).toEqual(['P30D', 'P7D', 'P1D']);
});

test('are those of the time that a JWK has: updates of its certificate repeat none, a renewal begins again', async () => {
  days = 0;
  const fields = (pem: string) => ({
    certificateName: 'leaf',
    alias: 'leaf',
    environmentList: 'gate',
    pemEncodedFile: pemFile(pem),
  });
  const formOf = (values: ReturnType<typeof fields>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(values)) form.append(name, value);
    return form;
  };
  const withJwks = 'updateReferencedJwks=true&updateScope=SAME_PROJECT';
  const issue = (lifetime: number) => certificates.issue({ subject: 'leaf', days: lifetime }).pem;
  const replace = async (pem: string) =>
    accepted(await project.call('PUT', `certificates/leaf/?${withJwks}`, formOf(fields(pem))));
  const old = issue(5);
  accepted(await project.certificate(fields(old)));
  const source = { sourceType: 'CERTIFICATE', certificateName: 'leaf', environmentName: 'gate' };
  const key = { name: 'renewed', ...source, useType: 'SIGNATURE', algorithm: 'ES256' };
  accepted(await project.create(key));
  expect(await warnings('renewed')).toEqual(['P7D']);
  await replace(old);
  const watch = watchOf('renewal');
  await watch.poll();
  expect(await warnings('renewed')).toEqual(['P7D']);
  days = 4.5;
  await watch.poll();
  await replace(old);
  expect(await warnings('renewed')).toEqual(['P7D', 'P1D']);
  await watch.close();
  days = 0;
  const renewed = issue(40);
  await replace(renewed);
  const next = watchOf('next');
  await next.poll();
  expect(await warnings('renewed')).toEqual(['P7D', 'P1D']);
  days = 10.5;
  await next.poll();
  await replace(renewed);
  await next.poll();
  await next.close();
  expect(await warnings('renewed')).toEqual(['P7D', 'P1D', 'P30D']);
});
