import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type NodeOptions, type RunningNode, startNode } from '../../../src/node/start-node.ts';
import { FakeManager, managerToken } from './fake-manager.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly facts: Record<string, unknown>;
  readonly text: string;
}

/** Keeps log lines and lets a test wait for one. */
export class TestLog {
  readonly lines: LogLine[] = [];
  #listeners: (() => void)[] = [];

  info(facts: Record<string, unknown>, text: string): void {
    this.#add({ level: 'info', facts, text });
  }

  warn(facts: Record<string, unknown>, text: string): void {
    this.#add({ level: 'warn', facts, text });
  }

  error(facts: Record<string, unknown>, text: string): void {
    this.#add({ level: 'error', facts, text });
  }

  /** The first line whose text or reason matches, also one that is there already. */
  async until(pattern: RegExp): Promise<LogLine> {
    for (;;) {
      const found = this.lines.find(({ facts, text }) => pattern.test(`${text}: ${facts.reason}`));
      if (found) return found;
      await new Promise<void>((resolve) => this.#listeners.push(resolve));
    }
  }

  #add(line: LogLine): void {
    this.lines.push(line);
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-node-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function runningManager(): Promise<FakeManager> {
  const manager = await FakeManager.start();
  onTestFinished(() => manager.stop());
  return manager;
}

export type TestNode = RunningNode & { readonly log: TestLog };

/** Reconnects at once; everything else is as in production. The node is closed with the test. */
export async function runningNode(
  options: Partial<NodeOptions> & Pick<NodeOptions, 'managerUrl' | 'dataDir'>,
): Promise<TestNode> {
  const log = new TestLog();
  const { timing, ...others } = options;
  const node = await startNode({
    environment: 'production',
    name: 'node-1',
    host: '127.0.0.1',
    port: 0,
    token: managerToken,
    logger: log,
    version: '1.2.3',
    timing: { baseMs: 1, capMs: 20, slowRetryMs: 20, ...timing },
    ...others,
  });
  onTestFinished(() => node.close());
  return { ...node, log };
}

export async function getJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  return (await response.json()) as Record<string, unknown>;
}
