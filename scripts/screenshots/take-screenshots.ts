// Writes docs/images: a real manager with sample data and real nodes, looked at by a real browser.
// With a folder as its argument, it writes every page of the console there instead: light, dark and narrow.

import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, unpackBrowser } from '../../test/console/support/launch-browser.ts';
import { startTestManager } from '../../test/support/manager.ts';
import { everyPage } from './every-page.ts';
import { makeSampleData } from './sample-data.ts';

interface Screenshot {
  readonly name: string;
  /** Of the page, behind the #. */
  readonly path: string;
  /** Something that is there once the page is complete. */
  readonly shows?: string;
  readonly colorScheme?: 'dark';
  readonly width?: number;
  readonly height?: number;
  /** A button that is pressed first. */
  readonly press?: string | undefined;
  /** The window is as high as the page. */
  readonly whole?: boolean;
}

const project = '/projects/payments';
const ofTheDocs: readonly Screenshot[] = [
  { name: 'overview', path: '/', shows: 'frankfurt-1' },
  { name: 'jwks', path: `${project}/jwks`, shows: 'webhook-signing' },
  { name: 'key-ring', path: `${project}/key-rings/partner-signing`, shows: 'What it waits for', height: 720 },
  { name: 'outlet', path: `${project}/outlets/gateway`, shows: 'frankfurt-1', height: 740 },
  { name: 'overview-dark', path: '/', shows: 'frankfurt-1', colorScheme: 'dark' },
  { name: 'jwks-narrow', path: `${project}/jwks`, shows: 'webhook-signing', width: 360, height: 740 },
];

const looks = [
  { look: 'light' },
  { look: 'dark', colorScheme: 'dark' },
  { look: 'narrow', width: 360, height: 740 },
] as const;

const mostBytes = 200_000;
const [toFolder] = process.argv.slice(2);
const folder = toFolder ?? join(import.meta.dirname, '../../docs/images');

const manager = await startTestManager({
  projects: ['payments', 'empty'],
  environments: ['production', 'staging'],
});
const browser = await launchBrowser(await unpackBrowser());
try {
  await makeSampleData(manager);
  mkdirSync(folder, { recursive: true });
  for (const screenshot of toFolder === undefined ? ofTheDocs : ofEveryPage())
    await take(browser, screenshot);
} finally {
  await browser.close();
  await manager.close();
}

function ofEveryPage(): readonly Screenshot[] {
  return everyPage.flatMap(([name, path, press]) =>
    looks.map(({ look, ...more }) => ({ name: `${name}-${look}`, path, press, whole: true, ...more })),
  );
}

async function take(from: Browser, shot: Screenshot): Promise<void> {
  const { name, path, shows, press, whole = false, ...look } = shot;
  const { colorScheme = 'light', width = 1_200, height = 760 } = look;
  const context = await from.newContext({ viewport: { width, height }, colorScheme, locale: 'en-GB' });
  const data = { username: 'admin', password: 'correct horse battery' };
  await context.request.post(`${manager.url}/apiops/auth/session`, { data });
  const page = await context.newPage();
  await page.goto(`${manager.url}/#${path}`);
  if (shows !== undefined) await page.getByText(shows).first().waitFor();
  await rested(page);
  if (press !== undefined) await page.getByRole('button', { name: press }).first().click();
  if (whole) await page.setViewportSize({ width, height: Math.max(height, await heightOf(page)) });
  await rested(page);
  const file = join(folder, `${name}.png`);
  await page.screenshot({ path: file });
  await context.close();
  const bytes = statSync(file).size;
  process.stdout.write(`${file}: ${bytes.toLocaleString('en')} bytes\n`);
  if (bytes > mostBytes && !whole) throw new Error(`${name} has ${bytes} bytes, more than ${mostBytes}`);
}

function heightOf(page: Page): Promise<number> {
  const heights =
    '[document.documentElement, ...document.querySelectorAll("[role=dialog]")].map((e) => e.scrollHeight)';
  return page.evaluate<number>(`Math.max(...${heights}) + 8`);
}

/** No request is pending and nothing moves any more. */
async function rested(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  // No waitForFunction: it evaluates text within the page, which the page's policy forbids.
  while (await page.evaluate<boolean>('document.getAnimations().length > 0')) await page.waitForTimeout(20);
}
