// Incoming text to a message, or the reason why it is none. Members that a later version may add are passed over;
// a member that is missing, of another type or out of bounds is refused by name.

import { deployedKinds } from './content.ts';
import type { FromManager, FromNode, SealedFromManager, SealedFromNode } from './messages.ts';

/** Of one message, in characters. A node sends short messages; the manager's contain keystores of up to 10 MiB. */
export const longestFromNode = 64 * 1024;
export const longestFromManager = 64 * 1024 * 1024;

const longestText = 1024;
/** Former identity keys in a manager's message. */
export const mostFormerKeys = 64;

export interface NotAMessage {
  readonly problem: string;
}

type Json = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= longestText;
const isRevision: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isDigest: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isTime: Check = (value) => Number.isSafeInteger(value);
/** A public key or a MAC: base64url of 32 bytes. */
const isBytes32: Check = (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value);
/** base64url of 64 bytes. */
const isSignature: Check = (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{86}$/.test(value);
const isFormerKey: Check = (value) =>
  isJson(value) && isBytes32(value.formerKey) && isSignature(value.signature);
const isFormerKeys: Check = (value) =>
  Array.isArray(value) && value.length <= mostFormerKeys && value.every(isFormerKey);
const isFlag: Check = (value) => typeof value === 'boolean';
const isKind: Check = (value) => deployedKinds.some((kind) => kind === value);
// Only length and type here: a pattern over megabytes costs more than the decoder that follows.
const isSealed: Check = (value) => typeof value === 'string' && value.length > 0;
const isObjectName: Check = (value) => isJson(value) && isKind(value.kind) && isText(value.id);

/** Entries of one message. */
export const mostEntries = 256;
const isUse: Check = (value) =>
  isJson(value) &&
  isText(value.applicationId) &&
  isText(value.jwkId) &&
  isText(value.operation) &&
  isText(value.outcome) &&
  isRevision(value.count) &&
  isTime(value.lastUsedAt);
const isUses: Check = (value) => Array.isArray(value) && value.length <= mostEntries && value.every(isUse);
const isKeyName: Check = (value) => isJson(value) && isText(value.ringId) && isText(value.kid);
const isKeys: Check = (value) =>
  Array.isArray(value) && value.length <= mostEntries && value.every(isKeyName);

const isDelivery: Check = (value) =>
  isJson(value) &&
  isText(value.outletId) &&
  isText(value.state) &&
  isRevision(value.revision) &&
  (value.digest === null || isDigest(value.digest)) &&
  (value.deliveredAt === null || isTime(value.deliveredAt)) &&
  isRevision(value.attempts) &&
  (value.lastError === null || isText(value.lastError));
const isDeliveries: Check = (value) =>
  Array.isArray(value) && value.length <= mostEntries && value.every(isDelivery);

const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** The members of each type. */
type Shapes = ReadonlyMap<string, readonly (readonly [string, Check])[]>;

function shapesOf(types: Readonly<Record<string, Readonly<Record<string, Check>>>>): Shapes {
  return new Map(Object.entries(types).map(([type, members]) => [type, Object.entries(members)]));
}

const fromNode = shapesOf({
  hello: {
    protocol: isRevision,
    environment: isText,
    name: isText,
    version: isText,
    ephemeralKey: isBytes32,
    nodeKey: isBytes32,
    tokenKey: orAbsent(isBytes32),
  },
  proof: {
    signature: isSignature,
    tokenSignature: orAbsent(isSignature),
    tokenMac: orAbsent(isBytes32),
    sealed: isSealed,
  },
  sealed: { sealed: isSealed },
});

const sealedFromNode = shapesOf({
  resume: {
    environmentId: orNull(isText),
    revision: isRevision,
    digest: isDigest,
    time: isTime,
    lineage: orAbsent(isText),
    incomplete: orAbsent(isFlag),
    serveLimitMs: orAbsent(isRevision),
    ephemeral: orAbsent(isFlag),
    heartbeats: orAbsent(isFlag),
    outletTests: orAbsent(isFlag),
  },
  applied: { revision: isRevision, digest: isDigest },
  refused: {
    revision: isRevision,
    reason: isText,
    object: orAbsent(isObjectName),
    diverged: orAbsent(isFlag),
  },
  clock: { time: isTime },
  goodbye: {},
  usage: { report: isRevision, uses: isUses },
  'revoked-kids': { keys: isKeys },
  outlets: { deliveries: isDeliveries },
  'outlet-tested': { test: isRevision, error: orNull(isText) },
});

const fromManager = shapesOf({
  identity: {
    protocol: isRevision,
    ephemeralKey: isBytes32,
    identityKey: isBytes32,
    formerKeys: isFormerKeys,
  },
  proof: { signature: isSignature },
  sealed: { sealed: isSealed },
  state: {
    reset: isFlag,
    from: isRevision,
    to: isRevision,
    final: isFlag,
    digest: orNull(isDigest),
    incomplete: orAbsent(isFlag),
    sealed: isSealed,
  },
});

const sealedFromManager = shapesOf({
  welcome: {
    environmentId: isText,
    environmentName: isText,
    privateKeys: isFlag,
    lineage: orAbsent(isText),
    heartbeats: orAbsent(isFlag),
    outlets: orAbsent(isFlag),
  },
  ended: { code: isRevision, reason: isText },
  heard: {
    time: isTime,
    lastSeenAt: isTime,
    managerTime: isTime,
    answeredAfterMs: orAbsent(isRevision),
    nodes: orAbsent(isRevision),
  },
  counted: { report: isRevision },
  revoked: { keys: isKeys },
  'test-outlet': { test: isRevision, outletId: isText },
});

export function readFromNode(text: string): FromNode | NotAMessage {
  if (text.length > longestFromNode)
    return { problem: `a message is longer than ${longestFromNode} characters` };
  const message = read(text, fromNode);
  return 'problem' in message ? message : (printable(message.found) as unknown as FromNode);
}

/** What a node sealed, once it is open. */
export function readSealedFromNode(text: string): SealedFromNode | NotAMessage {
  const message = read(text, sealedFromNode);
  return 'problem' in message ? message : (printable(message.found) as unknown as SealedFromNode);
}

/**
 * The version of the protocol that a hello speaks, also where it is no hello of ours: that of the first release lacks
 * most of its members.
 */
export function protocolOfHello(text: string): number | undefined {
  if (text.length > longestFromNode) return undefined;
  const json = parse(text);
  const { type, protocol } = json ?? {};
  return type === 'hello' && isRevision(protocol) ? (protocol as number) : undefined;
}

export function readFromManager(text: string): FromManager | NotAMessage {
  if (text.length > longestFromManager) {
    return { problem: `a message is longer than ${longestFromManager} characters` };
  }
  const message = read(text, fromManager);
  if ('problem' in message) return message;
  const { type, final, digest } = message.found;
  if (type === 'state' && (digest !== null) !== final) {
    return { problem: 'digest: a final state has one, any other has none' };
  }
  return message.found as unknown as FromManager;
}

/** What a manager sealed, once it is open. */
export function readSealedFromManager(text: string): SealedFromManager | NotAMessage {
  const message = read(text, sealedFromManager);
  return 'problem' in message ? message : (message.found as unknown as SealedFromManager);
}

/** Control characters, and those that turn the direction of text: they would act on a terminal that shows them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
const acting = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Texts in the words of a node: they are stored, logged and shown. Names and keys are checked by their own rules. */
const wordings = ['version', 'reason', 'error', 'lastError'];

/** In most messages there is no such text. */
function printable(found: Json): Json {
  const { deliveries } = found;
  const worded = wordings.filter((member) => typeof found[member] === 'string');
  if (worded.length === 0 && !Array.isArray(deliveries)) return found;
  return {
    ...found,
    ...Object.fromEntries(
      worded.map((member) => [member, (found[member] as string).replace(acting, '\ufffd')]),
    ),
    ...(Array.isArray(deliveries) && {
      deliveries: deliveries.map((delivery) => printable(delivery as Json)),
    }),
  };
}

function read(text: string, shapes: Shapes): NotAMessage | { readonly found: Json } {
  const json = parse(text);
  if (json === undefined) return { problem: 'a message must be a JSON object' };
  const { type } = json;
  const shape = typeof type === 'string' ? shapes.get(type) : undefined;
  if (shape === undefined) return { problem: `type: must be one of ${[...shapes.keys()].join(', ')}` };
  const found: Record<string, unknown> = { type };
  for (const [member, check] of shape) {
    const value = Object.hasOwn(json, member) ? json[member] : undefined;
    if (!check(value)) return { problem: `${member}: missing, or not what ${type} has there` };
    if (value !== undefined) found[member] = value;
  }
  return { found };
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
