// A node with one ring, and applications that may sign with it.

import type { OperationsOptions } from '../../../src/node/operations/start-operations.ts';
import type { DeployedApplication, DeployedContent, DeployedKeyRing } from '../../../src/protocol/content.ts';
import type { FakeManager, ManagerLink } from './fake-manager.ts';
import {
  applicationContent,
  memberContent,
  type OperationAnswer,
  operate,
  ringContent,
} from './operations.ts';
import { runningManager, runningNode, type TestNode, temporaryFolder } from './test-node.ts';

export interface CallingWorld {
  readonly manager: FakeManager;
  readonly node: TestNode;
  readonly link: ManagerLink;
  readonly dataDir: string;
  readonly url: string;
  readonly ring: DeployedKeyRing;
  readonly contents: readonly DeployedContent[];
  /** Signs claims with the ring, as the caller whom the bearer token names. */
  sign(bearer?: string): Promise<OperationAnswer>;
}

/** @param applications without tokens unless they have some */
export async function callingWorld(
  applications: (ring: DeployedKeyRing) => readonly DeployedApplication[],
  operations: OperationsOptions = { port: 0 },
): Promise<CallingWorld> {
  const manager = await runningManager();
  const dataDir = await temporaryFolder();
  const ring = ringContent('tokens');
  const contents = [ring, memberContent(ring, 1, 'ACTIVE'), ...applications(ring)];
  const node = await runningNode({ managerUrl: manager.url, dataDir, operations });
  const link = await manager.links.next();
  await link.reset(contents.length, contents);
  const [url = ''] = node.operations;
  const sign = (bearer?: string) =>
    operate(url, 'key-rings/tokens/sign', {
      ...(bearer !== undefined && { token: bearer }),
      body: { claims: {} },
    });
  return { manager, node, link, dataDir, url, ring, contents, sign };
}

/** It may sign with the ring, and is known by nothing but `members`. */
export function signingApplication(
  ring: DeployedKeyRing,
  members: Partial<DeployedApplication> = {},
): DeployedApplication {
  return applicationContent([{ ...ring, operations: ['SIGN'] }], { tokens: [], ...members }).content;
}
