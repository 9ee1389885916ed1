// Lists of 10,000 JWKs over HTTP: the first page, the hundredth, and a search, beside an answer of the same manager
// that asks the database for one JWK. Then 1,000 JWKs that follow one URL each, all due at once: how long until every
// one was fetched, compared and scheduled again, beside plain fetches of the same URLs, as many at once.

import { startHttpServer } from '../test/support/http-servers.ts';
import { type Api, startTestManager, type TestManager } from '../test/support/manager.ts';
import type { BenchRow } from './bench-row.ts';
import { fillJwks } from './support/fill-jwks.ts';

const listed = 10_000;
const followed = 1_000;
const clients = 16;
const rounds = 51;
const project = '/apiops/projects/MyProject';

export async function run(): Promise<BenchRow[]> {
  const world = await startTestManager({
    projects: ['MyProject', 'Followers'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  try {
    await fillJwks(world, { type: 'RSA', rsa: { keySize: 2048 } }, listed);
    return [...(await measureLists(world.api)), ...(await measureRefresh(world))];
  } finally {
    await world.close();
  }
}

async function measureLists(api: Api): Promise<BenchRow[]> {
  const paths = ['?page=1&size=20', '?page=100&size=100', '?search=key-09', '?sort=createdAt,desc&size=100'];
  const one = `${project}/jwks/key-00000/?publicOnly=true`;
  const times = paths.map((): number[] => []);
  const ofOne: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [index, query] of paths.entries()) {
      times[index]?.push(await milliseconds(() => read(api, `${project}/jwks/${query}`)));
    }
    ofOne.push(await milliseconds(() => read(api, one)));
  }
  const yardstick = median(ofOne);
  return paths.map((query, index) => {
    const own = median(times[index] ?? []);
    return {
      name: `list ${query} among ${listed.toLocaleString('en')} JWKs`,
      ours: `${own.toFixed(2)} ms`,
      yardstick: `${yardstick.toFixed(2)} ms (get one JWK)`,
      ratio: own / yardstick,
      note: 'nearer to 1 is better',
    };
  });
}

async function read(api: Api, path: string): Promise<void> {
  const { status, body } = await api('GET', path);
  if (status !== 200 || body.resultList.length === 0) throw new Error(`${path} has nothing: ${status}`);
}

async function measureRefresh({ api, manager }: TestManager): Promise<BenchRow[]> {
  const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
  ]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  const document = JSON.stringify({ keys: [{ kty, crv, x, y, kid: 'bench' }] });
  const server = await startHttpServer((_request, response) => response.end(document));
  try {
    const names = Array.from({ length: followed }, (_, index) => `followed-${index}`);
    const urlOf = (name: string) => `${server.origin}/${name}`;
    await share(names, async (name) => {
      const body = { name, sourceType: 'URL', url: urlOf(name), refreshInterval: 'P1D' };
      const { status } = await api('POST', '/apiops/projects/Followers/jwks/', body);
      if (status !== 200) throw new Error(`${name} is not made: ${status}`);
    });
    const { store, refresher } = manager.services;
    const before = server.requests.length;
    const jwks = await store.read(async (stores) => {
      const owner = await stores.projects.find('Followers');
      return stores.jwks.listOfProject(owner?.id ?? '', '', followed);
    });
    const past = new Date(0);
    // The manager's own look may come first: then it is the one that is measured, until all were asked for.
    const own = await milliseconds(async () => {
      await store.write(async (stores) => {
        for (const one of await stores.refreshes.getMany(jwks.map(({ id }) => id))) {
          await stores.refreshes.put({ ...one, refreshAt: past });
        }
      });
      await refresher.refreshDue();
    });
    if (server.requests.length - before < followed) throw new Error('not every URL was asked');
    const yardstick = await milliseconds(() =>
      share(names, async (name) => {
        await (await fetch(urlOf(name))).text();
      }),
    );
    return [
      {
        name: `refresh ${followed.toLocaleString('en')} JWKs of one URL each`,
        ours: `${own.toFixed(0)} ms`,
        yardstick: `${yardstick.toFixed(0)} ms (fetch alone, ${clients} at once)`,
        ratio: own / yardstick,
        note: 'below 1 is better; server in the same process',
      },
    ];
  } finally {
    await server.close();
  }
}

async function share(names: readonly string[], work: (name: string) => Promise<void>): Promise<void> {
  const waiting = [...names];
  const client = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await work(name);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
