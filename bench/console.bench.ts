// How soon the console shows the first row of 10,000 JWKs, and how long it keeps the page busy until then, beside a bare
// page of the same manager's data: one fetch and a table made by hand, in the same Chromium. Then the bytes of script.

import { readdirSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser, unpackBrowser } from '../test/console/support/launch-browser.ts';
import { startHttpServer } from '../test/support/http-servers.ts';
import { startTestManager, type TestManager } from '../test/support/manager.ts';
import type { BenchRow } from './bench-row.ts';
import { fillJwks } from './support/fill-jwks.ts';

const listed = 10_000;
const rounds = 9;
const list = '/apiops/projects/MyProject/jwks/?page=1&size=20';
const scriptBytesGoal = 250_000;

export async function run(): Promise<BenchRow[]> {
  const manager = await startTestManager();
  const browser = await launchBrowser(await unpackBrowser());
  const bare = await startHttpServer((request, response) => void answerBare(manager, request, response));
  try {
    await fillJwks(manager, { type: 'EC', ec: { curveType: 'P256' } }, listed);
    const own: Load[] = [];
    const yardstick: Load[] = [];
    for (let round = 0; round < rounds; round++) {
      own.push(await load(browser, { url: `${manager.url}/#/projects/MyProject/jwks`, signIn: manager.url }));
      yardstick.push(await load(browser, { url: `${bare.origin}/` }));
    }
    return [...loadRows(own, yardstick), scriptRow()];
  } finally {
    await browser.close();
    await bare.close();
    await manager.close();
  }
}

const barePage = `<!doctype html><title>bare</title><table id="t"></table><script>
fetch('/list').then((answer) => answer.json()).then(({ resultList }) => {
  for (const { name, type, kid } of resultList) {
    const row = document.getElementById('t').insertRow();
    for (const text of [name, type, kid]) row.insertCell().textContent = text;
  }
});
</script>`;

async function answerBare({ api }: TestManager, request: IncomingMessage, response: ServerResponse) {
  if (request.url !== '/list') response.setHeader('content-type', 'text/html').end(barePage);
  else response.end(JSON.stringify((await api('GET', list)).body));
}

/** Milliseconds from the start of the navigation. */
interface Load {
  readonly firstRow: number;
  /** What tasks took beyond 50 ms each, until the first row. */
  readonly blocked: number;
}

/** Runs before anything of the page: notes when the first row is there, and each task that was long. */
const watch = `(() => {
  window.blocked = 0;
  new PerformanceObserver((seen) => {
    for (const { duration } of seen.getEntries()) window.blocked += duration - 50;
  }).observe({ type: 'longtask', buffered: true });
  new MutationObserver((changes, observer) => {
    if (!document.body?.textContent.includes('key-00000')) return;
    window.firstRow = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true, characterData: true });
})()`;

async function load(browser: Browser, page: { url: string; signIn?: string }): Promise<Load> {
  const context = await browser.newContext();
  if (page.signIn !== undefined) {
    const data = { username: 'admin', password: 'correct horse battery' };
    await context.request.post(`${page.signIn}/apiops/auth/session`, { data });
  }
  const opened = await context.newPage();
  await opened.addInitScript(watch);
  await opened.goto(page.url);
  await opened.getByText('key-00000').first().waitFor();
  const found = await opened.evaluate<Load>('({ firstRow: window.firstRow, blocked: window.blocked })');
  await context.close();
  return found;
}

function loadRows(own: readonly Load[], yardstick: readonly Load[]): BenchRow[] {
  const rows = [
    ['until the first row', 'firstRow'],
    ['blocked by long tasks until then', 'blocked'],
  ] as const;
  return rows.map(([name, figure]) => {
    const ours = median(own.map((one) => one[figure]));
    const theirs = median(yardstick.map((one) => one[figure]));
    return {
      name: `console, ${listed.toLocaleString('en')} JWKs: ${name}`,
      ours: `${ours.toFixed(0)} ms`,
      yardstick: `${theirs.toFixed(0)} ms (bare page, one fetch)`,
      ratio: ours / Math.max(theirs, 1),
      note: 'nearer to 1 is better; nothing cached',
    };
  });
}

function scriptRow(): BenchRow {
  const folder = join(import.meta.dirname, '../console/dist/assets');
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js.br'));
  if (scripts.length === 0) throw new Error('the console is not built');
  const bytes = scripts.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return {
    name: 'console, all of its script, compressed',
    ours: `${(bytes / 1_000).toFixed(0)} kB`,
    yardstick: `${scriptBytesGoal / 1_000} kB`,
    ratio: bytes / scriptBytesGoal,
    goal: { atMost: 1 },
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
