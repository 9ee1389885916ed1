// What becomes of a node that said hello: it is let in and told from where it is, or its stream is closed with the
// reason. A node that knows a history which this manager's database has forgotten is sent nothing; that is written
// down, until the node and the database are of one mind again.

import { generateKeyPairSync } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Admission, Enrolled } from '../deployments/admit-node.ts';
import type { Deployments } from '../deployments/deployments.ts';
import type { Divergences, DivergingNode } from '../deployments/history/divergences.ts';
import { judgeHello } from '../deployments/history/judge-hello.ts';
import type { NodeSession, NodeStream } from '../deployments/node-session.ts';
import type { StatePartReader } from '../deployments/state-part-reader.ts';
import { checkName } from '../names.ts';
import { agreeChannelKey, sealState } from '../protocol/channel-key.ts';
import {
  closeCodes,
  type FromNode,
  type Hello,
  protocolVersion,
  type Welcome,
} from '../protocol/messages.ts';

export interface NodeStreamLog {
  info(facts: Record<string, unknown>, text: string): void;
  warn(facts: Record<string, unknown>, text: string): void;
  error(facts: Record<string, unknown>, text: string): void;
}

export interface WelcomeOptions {
  readonly admit: (hello: {
    readonly environmentId: string;
    readonly name: string;
    readonly version: string;
    readonly revision: number;
  }) => Promise<Admission | undefined>;
  /** Its stream is this manager's from now on; answers the number of the connection. */
  readonly claim: (nodeId: string, version: string) => Promise<number | undefined>;
  readonly divergences: Divergences;
  readonly deployments: Deployments;
  readonly parts: StatePartReader;
  readonly log: NodeStreamLog;
}

export interface Joined {
  readonly session: NodeSession;
  /** Told of each message once the session has taken it. */
  readonly watch: (message: FromNode) => void;
}

const divergenceText =
  'a node has a history that this manager does not know, and was sent nothing: was the database restored from an older backup? Put the right database back, or run keyplane restore --announce';

/** Lets a node in, or closes the stream and says why. @throws KeyplaneError for a hello that makes no sense */
export async function welcome(
  stream: WebSocket,
  enrolled: Enrolled,
  { hello, options }: { hello: Hello; options: WelcomeOptions },
): Promise<Joined | undefined> {
  if (hello.protocol !== protocolVersion) {
    stream.close(closeCodes.version, `this manager speaks protocol ${protocolVersion}`);
    return undefined;
  }
  const name = checkName(hello.name, 'Node name');
  const { version, revision } = hello;
  const admission = await options.admit({ environmentId: enrolled.id, name, version, revision });
  if (!admission) {
    stream.close(closeCodes.unauthorized, 'the environment is gone');
    return undefined;
  }
  const { environment, node, standing } = admission;
  const verdict = judgeHello(hello, { ...admission, recordedRevision: node.appliedRevision });
  const diverging = { nodeId: node.id, environment, name, revision, managerRevision: standing.revision };
  if (verdict.start === 'nothing') {
    await refuseHistory(stream, diverging, options);
    return undefined;
  }
  const connection = await options.claim(node.id, version);
  if (connection === undefined) {
    stream.close(closeCodes.forgotten, 'an operator forgot this node');
    return undefined;
  }
  if (verdict.start === 'snapshot') {
    const facts = { environment: environment.name, node: name, nodeRevision: revision, why: verdict.why };
    options.log.info(facts, 'a node is given everything');
  }
  const { answer, key } = introduce(hello, admission);
  stream.send(JSON.stringify(answer));
  const identity = {
    ...{ nodeId: node.id, environmentId: environment.id, tokenId: enrolled.tokenId },
    ...{ name, version, connection },
  };
  const told = { startRevision: revision, lineage: standing.lineage, reset: verdict.start === 'snapshot' };
  const session = options.deployments.join(
    {
      ...{ identity, ...told, stream: asNodeStream(stream), parts: options.parts },
      seal: (header, changes, counter) => sealState(key, counter, { header, changes }),
    },
    standing.revision,
  );
  const agrees = verdict.start === 'difference' && revision === standing.revision;
  const isMarked = node.divergedRevision !== undefined;
  const settle = () => settleHistory(diverging, options);
  if (isMarked && agrees) settle();
  return { session, watch: watching({ stream, session, diverging, isMarked, settle, options }) };
}

function introduce(hello: Hello, { environment, standing }: Admission) {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const ownPublic = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const peerPublic = Buffer.from(hello.publicKey, 'base64url');
  const key = agreeChannelKey(privateKey, { ownPublic, peerPublic, role: 'manager' });
  const answer: Welcome = {
    type: 'welcome',
    protocol: protocolVersion,
    environmentId: environment.id,
    environmentName: environment.name,
    publicKey: ownPublic.toString('base64url'),
    ...(standing.lineage !== undefined && { lineage: standing.lineage }),
  };
  return { answer, key };
}

/** The node's own answers tell as well: a difference that does not fit on what it has. */
function watching({
  stream,
  session,
  diverging,
  isMarked,
  settle,
  options,
}: {
  readonly stream: WebSocket;
  readonly session: NodeSession;
  readonly diverging: DivergingNode;
  readonly isMarked: boolean;
  readonly settle: () => void;
  readonly options: WelcomeOptions;
}): Joined['watch'] {
  let marked = isMarked;
  return (message) => {
    if (session.diverged) {
      refuseHistory(stream, { ...diverging, revision: session.confirmedRevision }, options).catch(
        (error: unknown) => options.log.warn({ err: error }, 'a divergence could not be written down'),
      );
    } else if (marked && message.type === 'applied' && session.confirmedRevision === message.revision) {
      marked = false;
      settle();
    }
  };
}

async function refuseHistory(
  stream: WebSocket,
  node: DivergingNode,
  { divergences, log }: WelcomeOptions,
): Promise<void> {
  const { name, environment, revision, managerRevision } = node;
  try {
    const isNew = await divergences.note(node);
    const facts = { environment: environment.name, node: name, nodeRevision: revision, managerRevision };
    log[isNew ? 'error' : 'warn'](facts, divergenceText);
  } finally {
    stream.close(closeCodes.ahead, `this manager does not know the revision ${revision} of the node`);
  }
}

function settleHistory({ environment, name }: DivergingNode, { divergences, log }: WelcomeOptions): void {
  divergences
    .settle(environment.id, name)
    .then(() => log.info({ environment: environment.name, node: name }, 'a node is of one mind again'))
    .catch((error: unknown) => log.warn({ err: error }, 'the end of a divergence could not be written down'));
}

function asNodeStream(stream: WebSocket): NodeStream {
  return {
    send: (text, onLeft) => stream.readyState === stream.OPEN && stream.send(text, onLeft),
    close: (code, reason) => stream.close(code, reason),
    get bufferedBytes() {
      return stream.bufferedAmount;
    },
  };
}
