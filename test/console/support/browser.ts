// The console as its users have it: a real manager serves the built page to a real Chromium. Any error that a page logs,
// a breach of its policy among them, fails the test file when it closes.

import type { BrowserContext, Page } from 'playwright-core';
import { inject, onTestFinished, TestRunner } from 'vitest';
import { startTestManager, type TestManager, type TestManagerOptions } from '../../support/manager.ts';
import { launchBrowser } from './launch-browser.ts';

export interface TestConsole {
  readonly manager: TestManager;
  /** A page in a new browser profile, signed in unless `username` is null. It closes after the test that opened it. */
  open(options?: OpenOptions): Promise<Page>;
  /** @throws Error with what any page complained of */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The part behind the #. */
  readonly path?: string;
  /** Made with `manager.as()` before, or `admin`. */
  readonly username?: string | null;
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
}

const waitMs = 60_000;
/** Refusals are answers, which a browser logs too. */
const answered = /^Failed to load resource: .* (4\d\d|503) /;

export async function startTestConsole(options: TestManagerOptions = {}): Promise<TestConsole> {
  const [manager, browser] = await Promise.all([startTestManager(options), launchBrowser(inject('browser'))]);
  const problems: string[] = [];
  return {
    manager,
    async open({ path = '/', username = 'admin', colorScheme = 'light', width = 1200 } = {}) {
      const viewport = { width, height: 800 };
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      context.setDefaultTimeout(waitMs);
      // A page that stays open polls the manager and renders during all later tests of its file.
      if (TestRunner.getCurrentTest()) onTestFinished(() => context.close());
      if (username !== null) await signIn(context, manager.url, username);
      const page = await context.newPage();
      page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() !== 'error' && message.type() !== 'warning') return;
        if (!answered.test(message.text())) problems.push(`${page.url()}: ${message.text()}`);
      });
      await page.goto(`${manager.url}/#${path}`);
      return page;
    },
    async close() {
      await browser.close();
      await manager.close();
      if (problems.length > 0) throw new Error(`The console complained:\n${problems.join('\n')}`);
    },
  };
}

async function signIn(context: BrowserContext, url: string, username: string): Promise<void> {
  const password = username === 'admin' ? 'correct horse battery' : `password of ${username}`;
  const answer = await context.request.post(`${url}/apiops/auth/session`, { data: { username, password } });
  if (!answer.ok()) throw new Error(`not signed in: ${answer.status()} ${await answer.text()}`);
}
