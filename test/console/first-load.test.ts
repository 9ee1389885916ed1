import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestManager, type TestManager } from '../support/manager.ts';

/** Bytes, as they cross the network. */
const mostBytes = 250_000;

let manager: TestManager;

beforeAll(async () => {
  manager = await startTestManager();
});

afterAll(() => manager.close());

test('the first screen needs less than 250 kB, and nothing from elsewhere', async () => {
  const page = await (await fetch(`${manager.url}/`)).text();
  const paths = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
  expect(paths.length).toBeGreaterThan(1);
  let total = Buffer.byteLength(page);
  for (const path of paths) {
    expect(path).toMatch(/^\/assets\//);
    const asset = await fetch(manager.url + path, { headers: { 'accept-encoding': 'br' }, method: 'HEAD' });
    expect([asset.status, asset.headers.get('content-encoding')]).toEqual([200, 'br']);
    total += Number(asset.headers.get('content-length'));
  }
  expect(total).toBeGreaterThan(50_000);
  expect(total).toBeLessThan(mostBytes);
});
