// Writes docs/images: a real manager with sample data and real nodes, looked at by a real browser.

import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, unpackBrowser } from '../../test/console/support/launch-browser.ts';
import { startTestManager } from '../../test/support/manager.ts';
import { makeSampleData } from './sample-data.ts';

interface Screenshot {
  readonly name: string;
  /** Of the page, behind the #. */
  readonly path: string;
  /** Something that is there once the page is complete. */
  readonly shows: string;
  readonly colorScheme?: 'dark';
  readonly width?: number;
  readonly height?: number;
}

const project = '/projects/payments';
const screenshots: readonly Screenshot[] = [
  { name: 'overview', path: '/', shows: 'frankfurt-1', height: 860 },
  { name: 'jwks', path: `${project}/jwks`, shows: 'webhook-signing' },
  { name: 'jwk', path: `${project}/jwks/checkout-signing-2026`, shows: 'frankfurt-1', height: 1_000 },
  { name: 'keystore', path: `${project}/keystores/acquirer-keystore`, shows: 'trusted certificate' },
  { name: 'environment', path: '/environments/production', shows: 'dublin-1', height: 900 },
  { name: 'audit', path: '/audit', shows: 'acquirer-keystore' },
  { name: 'overview-dark', path: '/', shows: 'frankfurt-1', colorScheme: 'dark', height: 860 },
  { name: 'jwks-narrow', path: `${project}/jwks`, shows: 'webhook-signing', width: 360, height: 740 },
];

const folder = join(import.meta.dirname, '../../docs/images');
const mostBytes = 200_000;

const manager = await startTestManager({ projects: ['payments'], environments: ['production', 'staging'] });
const browser = await launchBrowser(await unpackBrowser());
try {
  await makeSampleData(manager);
  mkdirSync(folder, { recursive: true });
  for (const screenshot of screenshots) await take(browser, screenshot);
} finally {
  await browser.close();
  await manager.close();
}

async function take(from: Browser, { name, path, shows, ...look }: Screenshot): Promise<void> {
  const { colorScheme = 'light', width = 1_200, height = 760 } = look;
  const context = await from.newContext({ viewport: { width, height }, colorScheme, locale: 'en-GB' });
  const data = { username: 'admin', password: 'correct horse battery' };
  await context.request.post(`${manager.url}/apiops/auth/session`, { data });
  const page = await context.newPage();
  await page.goto(`${manager.url}/#${path}`);
  await page.getByText(shows).first().waitFor();
  await rested(page);
  const file = join(folder, `${name}.png`);
  await page.screenshot({ path: file });
  await context.close();
  const bytes = statSync(file).size;
  process.stdout.write(`${file}: ${bytes.toLocaleString('en')} bytes\n`);
  if (bytes > mostBytes) throw new Error(`${name} has ${bytes} bytes, more than ${mostBytes}`);
}

/** No request is pending and nothing moves any more. */
async function rested(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.waitForFunction('document.getAnimations().length === 0');
}
