// The operations of a node without its listener: what it opened of contents, and what performs requests.

import type { CallingApplication } from '../../../src/node/operations/callers/calling-application.ts';
import type { KeyOperation, TargetKind } from '../../../src/node/operations/node-operation.ts';
import type { KeyUse } from '../../../src/node/operations/operation-call.ts';
import { createOperationContext } from '../../../src/node/operations/operation-context.ts';
import { OperationIndex } from '../../../src/node/operations/operation-index.ts';
import { createOperations } from '../../../src/node/operations/perform-operation.ts';
import { toStoredObject } from '../../../src/node/stored-object.ts';
import type { DeployedApplication, DeployedContent } from '../../../src/protocol/content.ts';
import { applicationContent, hashOf } from '../../node/support/operations.ts';
import { TestLog } from '../../node/support/test-node.ts';

export interface InProcessOptions {
  readonly now?: () => number;
  /** @returns false where a secret key may not encrypt more with AES-GCM */
  readonly takeGcmUse?: (jwkId: string) => boolean;
}

/** Every key is granted for every operation. */
export async function operationsInProcess(
  contents: readonly DeployedContent[],
  { now = Date.now, takeGcmUse = () => true }: InProcessOptions = {},
) {
  const log = new TestLog();
  const all = ['SIGN', 'SIGN_RAW', 'VERIFY', 'ENCRYPT', 'DECRYPT', 'MAC'] as const;
  const keys = contents.filter(
    (one) => one.kind === 'key-ring' || (one.kind === 'jwk' && one.ring === undefined),
  );
  const { token, content } = applicationContent(keys.map(({ id, kind }) => ({ id, kind, operations: all })));
  const byId = new Map<string, DeployedContent>(contents.map((one) => [one.id, one]));
  const index = new OperationIndex({ read: async ({ id }) => byId.get(id) as DeployedContent }, log);
  const location = { at: 0, bytes: 0 } as never;
  const stored = (one: DeployedContent) => ({ ...toStoredObject(one), location });
  index.replaced([...contents, content as DeployedApplication].map(stored));
  await index.settled();
  const uses: KeyUse[] = [];
  const context = createOperationContext({
    now,
    lease: { refusal: () => undefined },
    contact: { lastSeenAt: 1, whenHeard: async () => undefined },
    count: (use) => uses.push(use),
  });
  const perform = createOperations({
    ...context,
    refusals: { report: () => undefined },
    index,
    gcmUses: { take: ({ jwkId }) => takeGcmUse(jwkId) },
  });
  const application = index.callers.byToken(hashOf(token)) as CallingApplication;

  /** @throws KeyplaneError. @returns JSON text */
  function operate(
    kind: TargetKind,
    name: string,
    operation: KeyOperation,
    body: string | object,
  ): Promise<string> {
    const target = index.target('MyProject', kind, name);
    if (target === undefined) throw new Error(`nothing is named ${name}`);
    const granted = new Set(all);
    const bodyText = typeof body === 'string' ? body : JSON.stringify(body);
    return perform({
      application,
      target,
      operation,
      bodyText,
      granted,
      ratesRawApart: false,
      takeRate: () => undefined,
    });
  }

  /** Takes every content from the node, and the application too. */
  async function removeAll(): Promise<void> {
    index.replaced([]);
    await index.settled();
  }

  return { operate, removeAll, uses, log };
}
