// What manager and node say to each other over one WebSocket, as JSON text, version 1. PURE.
//
// The node dials `GET /node-stream` (upgrade) with `Authorization: Bearer <enrollment token>` and says hello.
// The manager welcomes it, or closes with a code of `closeCodes`. From then on the manager sends `state`
// messages and the node answers each that moved it with `applied`, or with `refused`.
// Changes travel sealed under a key that both sides agree on anew for every connection (`channel-key.ts`).

import type { DeployedKind } from './content.ts';

export const protocolVersion = 1;
export const streamPath = '/node-stream';

export const closeCodes = Object.freeze({
  /** The token is unknown or revoked, or its environment is gone. */
  unauthorized: 4401,
  /** The message was not one of these, or out of order. */
  protocol: 4400,
  /** No protocol version that both speak. */
  version: 4406,
  /** Another connection of the same node name took over. */
  replaced: 4409,
  /** An operator forgot this node. */
  forgotten: 4410,
  /** The node has a history that the manager does not know: the manager was restored from an older backup. */
  ahead: 4412,
} as const);

export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  readonly name: string;
  /** keyplane's version on the node. */
  readonly version: string;
  /** Id of the environment that the node's copy belongs to; null for an empty node. */
  readonly environmentId: string | null;
  /** What the node has: 0 and the empty digest for an empty node. */
  readonly revision: number;
  /** hex, 32 bytes. */
  readonly digest: string;
  /** Fresh X25519 public key, base64url of 32 bytes. */
  readonly publicKey: string;
  /** Of the welcome under which it took what it has; absent for an empty node, and from nodes of before it. */
  readonly lineage?: string;
  /** What it has is less than the revision's whole, or no longer adds up: it is to be given everything anew. */
  readonly incomplete?: boolean;
}

export interface Welcome {
  readonly type: 'welcome';
  readonly protocol: number;
  readonly environmentId: string;
  readonly environmentName: string;
  readonly publicKey: string;
  /**
   * Which history the manager's revisions count in: another one with higher revisions is a restored backup that was
   * announced. Absent from managers of before it.
   */
  readonly lineage?: string;
}

/**
 * `sealed` is base64 of AES-256-GCM over the JSON of `Change[]`, in revision order; its additional data are
 * the other members and the count of state messages so far on this connection.
 * With `reset` the node starts from nothing beside what it serves, and swaps at the message that is `final`.
 * Only a `final` message carries a digest: that of the whole state at revision `to`.
 */
export interface State {
  readonly type: 'state';
  readonly reset: boolean;
  readonly from: number;
  readonly to: number;
  readonly final: boolean;
  readonly digest: string | null;
  /** Of a final message: objects of the environment could not be read and are missing, and not in the digest. */
  readonly incomplete?: boolean;
  readonly sealed: string;
}

/** Sent when the state at `revision` is on the node's disk and served. `digest` is what the node itself computed. */
export interface Applied {
  readonly type: 'applied';
  readonly revision: number;
  readonly digest: string;
}

/** The node stays at its revision. The manager sends again later. */
export interface Refused {
  readonly type: 'refused';
  readonly revision: number;
  /** Public text; `object` is undefined when the message as a whole was refused. */
  readonly reason: string;
  readonly object?: { readonly kind: DeployedKind; readonly id: string };
  /** What it has adds up, and what was sent does not fit on it: the manager has forgotten what it once sent. */
  readonly diverged?: boolean;
}

export type FromNode = Hello | Applied | Refused;
export type FromManager = Welcome | State;
