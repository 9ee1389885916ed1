// What a node says on one connection, whatever carries it: hello, then an answer to each state message.
// Refuses to go on with a manager of another protocol, of another environment than it was started for, or whose
// messages do not open.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { KeyplaneError } from '../../errors.ts';
import { agreeChannelKey, openState } from '../../protocol/channel-key.ts';
import {
  closeCodes,
  type Hello,
  protocolVersion,
  type State,
  type Welcome,
} from '../../protocol/messages.ts';
import { readFromManager } from '../../protocol/read-message.ts';
import type { SealedLog } from '../disk/sealed-log.ts';
import type { NodeLog } from '../node-log.ts';
import type { NodeState } from '../node-state.ts';
import { StateReceiver } from '../state-receiver.ts';

export interface SessionOptions {
  /** Name of the environment that the node was started for. */
  readonly environment: string;
  readonly name: string;
  readonly version: string;
  readonly state: NodeState;
  readonly copy: SealedLog;
  readonly log: NodeLog;
  readonly send: (text: string) => void;
  readonly onWelcome: () => void;
}

/** Why a manager with which this node has no common history is not followed, and what helps. */
export const disownedText =
  'this node has a history that the manager does not know: it was restored from an older backup and did not say so. This node keeps what it has; put the right database back, or run keyplane restore --announce at the manager';

/** Ends the connection. `slow`: trying again at once would end the same way. */
export class SessionEnd extends Error {
  override readonly name = 'SessionEnd';
  readonly closeCode: number;
  readonly slow: boolean;

  constructor(reason: string, { closeCode, slow }: { closeCode: number; slow: boolean }) {
    super(reason);
    this.closeCode = closeCode;
    this.slow = slow;
  }
}

interface Channel {
  readonly key: KeyObject;
  readonly receiver: StateReceiver;
}

export class ManagerSession {
  readonly #options: SessionOptions;
  readonly #privateKey: KeyObject;
  readonly #publicKey: Buffer;
  #channel: Channel | undefined;
  #counter = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { privateKey, publicKey } = generateKeyPairSync('x25519');
    this.#privateKey = privateKey;
    this.#publicKey = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  }

  hello(): Hello {
    const { name, version, state } = this.#options;
    return {
      type: 'hello',
      protocol: protocolVersion,
      name,
      version,
      environmentId: state.environment?.id ?? null,
      revision: state.revision,
      digest: state.digest.toString('hex'),
      publicKey: this.#publicKey.toString('base64url'),
      ...(state.lineage !== undefined && { lineage: state.lineage }),
      ...(state.incomplete && { incomplete: true }),
    };
  }

  /** The manager said that this node has a history which it does not know. */
  disowned(): void {
    const { state, log } = this.#options;
    if (!state.addsUp()) {
      log.error({ revision: state.revision }, 'what this node holds does not add up; it is asked for anew');
      state.doubt();
    } else if (state.diverge(disownedText)) {
      log.error({ revision: state.revision }, disownedText);
    }
  }

  /** One message at a time. @throws SessionEnd */
  async receive(text: string): Promise<void> {
    const message = readFromManager(text);
    if ('problem' in message) throw wrongMessage(message.problem);
    if (message.type === 'welcome') {
      if (this.#channel) throw wrongMessage('a second welcome');
      return this.#welcomed(message);
    }
    if (!this.#channel) throw wrongMessage('a state before the welcome');
    return this.#take(message, this.#channel);
  }

  async close(): Promise<void> {
    await this.#channel?.receiver.abandon();
  }

  async #welcomed(welcome: Welcome): Promise<void> {
    const { environment: asked, state, copy, log } = this.#options;
    if (welcome.protocol !== protocolVersion) {
      throw new SessionEnd(`the manager speaks protocol ${welcome.protocol}, this node ${protocolVersion}`, {
        closeCode: closeCodes.version,
        slow: true,
      });
    }
    const environment = { id: welcome.environmentId, name: welcome.environmentName };
    if (environment.name !== asked) {
      throw new SessionEnd(
        `KEYPLANE_NODE_TOKEN is for environment ${environment.name}, --environment says ${asked}; nothing was taken`,
        { closeCode: closeCodes.protocol, slow: true },
      );
    }
    const key = opened(() =>
      agreeChannelKey(this.#privateKey, {
        ownPublic: this.#publicKey,
        peerPublic: Buffer.from(welcome.publicKey, 'base64url'),
        role: 'node',
      }),
    );
    if (state.environment?.id === environment.id) {
      await recordWelcome(copy, state, welcome);
      state.withhold(false);
    }
    state.diverge(undefined);
    const { lineage } = welcome;
    this.#channel = { key, receiver: new StateReceiver({ state, copy, environment, lineage, log }) };
    this.#options.onWelcome();
  }

  async #take(message: State, { key, receiver }: Channel): Promise<void> {
    const { state, copy, log, send } = this.#options;
    this.#counter += 1;
    const text = opened(() => openState(key, this.#counter, message));
    const answer = await receiver.receive(message, text);
    if (answer) send(JSON.stringify(answer));
    if (answer?.type !== 'applied') return;
    log.info({ revision: answer.revision }, 'a change was applied');
    await copy.compactIfDue(state.objects, state.mark()).catch((error: unknown) => {
      log.warn({ err: error }, 'the sealed copy could not be compacted; it goes on as it is');
    });
  }
}

/**
 * What the copy does not know yet: the environment's new name, so that the next start finds it under the name that it is
 * started with, and the lineage that a manager of before there were any did not tell.
 */
async function recordWelcome(copy: SealedLog, state: NodeState, welcome: Welcome): Promise<void> {
  const { environment, lineage } = state;
  const named = environment?.name === welcome.environmentName;
  if (!environment || (named && (lineage !== undefined || welcome.lineage === undefined))) return;
  const told = lineage ?? welcome.lineage;
  const transaction = await copy.begin({ reset: false, environmentId: environment.id });
  await transaction.commit({
    ...state.mark(),
    environmentName: welcome.environmentName,
    ...(told !== undefined && { lineage: told }),
  });
  state.rename(welcome.environmentName);
  if (told !== undefined) state.adoptLineage(told);
}

function opened<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof KeyplaneError) throw wrongMessage(error.message);
    throw error;
  }
}

function wrongMessage(problem: string): SessionEnd {
  return new SessionEnd(`the manager sent what is no message of this protocol: ${problem}`, {
    closeCode: closeCodes.protocol,
    slow: false,
  });
}
