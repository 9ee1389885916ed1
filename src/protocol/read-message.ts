// Incoming text to a message, or the reason why it is none. Members that a later version may add are passed over;
// a member that is missing, of another type or out of bounds is refused by name.

import type { FromManager, FromNode } from './messages.ts';

/** Of one message, in characters. A node says short things; the manager's carry keystores of 10 MiB. */
export const longestFromNode = 64 * 1024;
export const longestFromManager = 64 * 1024 * 1024;

const longestText = 1024;

export interface NotAMessage {
  readonly problem: string;
}

type Json = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= longestText;
const isRevision: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isDigest: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isPublicKey: Check = (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value);
const isFlag: Check = (value) => typeof value === 'boolean';
const isKind: Check = (value) => typeof value === 'string' && /^(jwk|certificate|key|keystore)$/.test(value);
// Only length and type here: a pattern over megabytes costs more than the decoder that follows.
const isSealed: Check = (value) => typeof value === 'string' && value.length > 0;
const isObjectName: Check = (value) => isJson(value) && isKind(value.kind) && isText(value.id);

const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const fromNode: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  hello: {
    protocol: isRevision,
    name: isText,
    version: isText,
    environmentId: orNull(isText),
    revision: isRevision,
    digest: isDigest,
    publicKey: isPublicKey,
    lineage: orAbsent(isText),
    incomplete: orAbsent(isFlag),
  },
  applied: { revision: isRevision, digest: isDigest },
  refused: {
    revision: isRevision,
    reason: isText,
    object: orAbsent(isObjectName),
    diverged: orAbsent(isFlag),
  },
};

const fromManager: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  welcome: {
    protocol: isRevision,
    environmentId: isText,
    environmentName: isText,
    publicKey: isPublicKey,
    lineage: orAbsent(isText),
  },
  state: {
    reset: isFlag,
    from: isRevision,
    to: isRevision,
    final: isFlag,
    digest: orNull(isDigest),
    incomplete: orAbsent(isFlag),
    sealed: isSealed,
  },
};

export function readFromNode(text: string): FromNode | NotAMessage {
  if (text.length > longestFromNode)
    return { problem: `a message is longer than ${longestFromNode} characters` };
  const message = read(text, fromNode);
  return 'problem' in message ? message : (message.found as unknown as FromNode);
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

function read(
  text: string,
  shapes: Readonly<Record<string, Readonly<Record<string, Check>>>>,
): NotAMessage | { readonly found: Json } {
  const json = parse(text);
  if (json === undefined) return { problem: 'a message must be a JSON object' };
  const { type } = json;
  const shape = typeof type === 'string' && Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  if (shape === undefined) return { problem: `type: must be one of ${Object.keys(shapes).join(', ')}` };
  const found: Record<string, unknown> = { type };
  for (const [member, check] of Object.entries(shape)) {
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
