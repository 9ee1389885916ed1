import { expect } from 'vitest';
import type { DeployedContent } from '../../../src/protocol/content.ts';
import type { FakeManager, ManagerLink } from './fake-manager.ts';
import { type OperationAnswer, operate } from './operations.ts';
import { runningManager, runningNode, type TestNode, temporaryFolder } from './test-node.ts';

export interface OperationsWorld {
  readonly manager: FakeManager;
  readonly node: TestNode;
  readonly link: ManagerLink;
  readonly url: string;
}

/** A node with the operations listener, and these contents. */
export async function operationsWorld(
  contents: readonly DeployedContent[],
  prepare: (manager: FakeManager) => void = () => undefined,
): Promise<OperationsWorld> {
  const manager = await runningManager();
  prepare(manager);
  const dataDir = await temporaryFolder();
  const node = await runningNode({ managerUrl: manager.url, dataDir, operations: { port: 0 } });
  const link = await manager.links.next();
  const [url = ''] = node.operations;
  if (contents.length > 0) {
    expect(await link.reset(contents.length, contents)).toMatchObject({ type: 'applied' });
  }
  return { manager, node, link, url };
}

/** @param path `key-rings/{name}` or `jwks/{name}`. @returns what calls an operation of it */
export function callerOf(url: string, path: string, token: string) {
  return (operation: string, body: unknown): Promise<OperationAnswer> =>
    operate(url, `${path}/${operation}`, { token, body });
}
