// A node as the manager sees it, that does the arithmetic that every node does and checks each message it gets.

import { expect } from 'vitest';
import type { Deployments } from '../../../src/deployments/deployments.ts';
import type { NodeSession, NodeStream } from '../../../src/deployments/node-session.ts';
import type { StatePageReader } from '../../../src/deployments/state-page-reader.ts';
import type { RegisteredNode } from '../../../src/environments/environment-store.ts';
import type { Change, DeployedContent } from '../../../src/protocol/content.ts';
import type { State } from '../../../src/protocol/messages.ts';
import type { Store } from '../../../src/store/store.ts';
import { digestOf, secret } from './desired-world.ts';

export interface ModelManager {
  readonly managerId: string;
  readonly store: Store;
  readonly pages: StatePageReader;
  readonly deployments: Deployments;
}

/** A node: it applies each message that follows what it has, and can be slow, lose its stream, or refuse. */
export class ModelNode {
  readonly name: string;
  readonly privateKeys: boolean;
  readonly registered: RegisteredNode;
  held = new Map<string, DeployedContent>();
  revision = 0;
  session: NodeSession | undefined;
  #deployments: Deployments | undefined;
  readonly #waiting: State[] = [];
  #staged: Map<string, DeployedContent> | undefined;
  /** Revisions at which it stood. */
  readonly seen: { readonly revision: number; readonly digest: string }[] = [];

  constructor(name: string, privateKeys: boolean, registered: RegisteredNode) {
    this.name = name;
    this.privateKeys = privateKeys;
    this.registered = registered;
  }

  async connect({ deployments, pages, managerId, store }: ModelManager): Promise<void> {
    this.disconnect();
    const { id: nodeId } = this.registered;
    const connection = await store.asyncCommit(({ nodes }) =>
      nodes.claim({
        nodeId,
        managerId,
        version: '1',
        keyId: this.registered.keyId ?? '',
        privateKeys: this.privateKeys,
        address: null,
        clockOffsetMs: 0,
        serveLimitMs: null,
        ephemeral: false,
      }),
    );
    const { environmentId } = this.registered;
    const { revision, lineage } = await store.read(({ desired }) => desired.head(environmentId));
    const stream: NodeStream = {
      send: (text, onLeft) => {
        this.#waiting.push(JSON.parse(text) as State);
        onLeft();
      },
      close: () => undefined,
      bufferedBytes: 0,
    };
    this.session = deployments.join(
      {
        identity: {
          nodeId,
          environmentId,
          keyId: this.registered.keyId ?? '',
          name: this.name,
          version: '1',
          connection: connection ?? 0,
        },
        clockOffsetMs: 0,
        privateKeys: this.privateKeys,
        stream,
        pages,
        seal: (header, changes) => ({ ...header, sealed: changes }),
        startRevision: this.revision,
        lineage,
        reset: this.revision === 0,
      },
      revision,
    );
    this.#deployments = deployments;
  }

  disconnect(): void {
    if (this.session) this.#deployments?.leave(this.session);
    this.session = undefined;
    this.#waiting.length = 0;
    this.#staged = undefined;
  }

  /** Takes what it was sent. @returns whether there was anything */
  answer(): boolean {
    const message = this.#waiting.shift();
    if (message === undefined) return false;
    if (!message.reset) expect(message.from).toBe(this.#staged ? message.from : this.revision);
    const staged = this.#staged ?? new Map(message.reset ? [] : this.held);
    let before = message.from;
    for (const change of JSON.parse(message.sealed) as Change[]) {
      expect(change.revision).toBeGreaterThan(before);
      before = change.revision;
      if ('put' in change) {
        if (!this.privateKeys) expect(JSON.stringify(change)).not.toContain(secret);
        staged.set(change.put.id, change.put);
      } else staged.delete(change.gone.id);
    }
    expect(before).toBeLessThanOrEqual(message.to);
    this.#staged = staged;
    if (!message.final) return true;
    const digest = digestOf(staged.values());
    expect(digest).toBe(message.digest);
    this.held = staged;
    this.revision = message.to;
    this.#staged = undefined;
    this.seen.push({ revision: message.to, digest });
    this.session?.receive({ type: 'applied', revision: message.to, digest });
    return true;
  }
}
