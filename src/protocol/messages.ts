// The messages between manager and node over one WebSocket, as JSON text, version 2. PURE. docs/protocol.md states the
// reasons.
//
// The node opens `GET /node-stream` and sends `hello`. The manager answers with `identity` and its `proof`; the node
// with its own `proof`. From then on everything is sealed: the manager's `welcome`, then its `state` messages, which
// the node answers with `applied` or `refused`.

import type { DeployedKind } from './content.ts';

/** The first release spoke version 1; there is no negotiation. */
export const protocolVersion = 2;
export const streamPath = '/node-stream';

export const closeCodes = Object.freeze({
  /** The token or the node's key is not accepted, or its environment does not exist. */
  unauthorized: 4401,
  /** The message was not one of these, or out of order. */
  protocol: 4400,
  /** A proof of the handshake or a sealed message does not hold: the peer is another, or something altered it. */
  notAuthentic: 4403,
  /** Another protocol version. */
  version: 4406,
  /** Another connection of the same node took over. */
  replaced: 4409,
  /** An operator removed this node. */
  forgotten: 4410,
  /** The node has a history that the manager does not know: the manager was restored from an older backup. */
  ahead: 4412,
} as const);

/** A public key, a fingerprint or a MAC: base64url of 32 bytes. Signatures are base64url of 64 bytes. */
export type Base64Url = string;

export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  /** Names, as the node was started with them. */
  readonly environment: string;
  readonly name: string;
  /** keyplane's version on the node. */
  readonly version: string;
  /** X25519, of this connection alone. */
  readonly ephemeralKey: Base64Url;
  /** Ed25519, the node's own. */
  readonly nodeKey: Base64Url;
  /** Ed25519, the public half of its enrollment token; absent without one, and with one of the first release. */
  readonly tokenKey?: Base64Url;
}

export interface FormerIdentityKey {
  readonly formerKey: Base64Url;
  /** By the former key, over the key that came after it. */
  readonly signature: string;
}

/** The manager's first message. */
export interface Identity {
  readonly type: 'identity';
  readonly protocol: number;
  /** X25519, of this connection alone. */
  readonly ephemeralKey: Base64Url;
  /** Ed25519, the installation's. */
  readonly identityKey: Base64Url;
  /** Identity keys that were replaced, oldest first. */
  readonly formerKeys: readonly FormerIdentityKey[];
}

export interface ManagerProof {
  readonly type: 'proof';
  readonly signature: string;
}

export interface NodeProof {
  readonly type: 'proof';
  readonly signature: string;
  /** By the key of the enrollment token, where the hello names one. */
  readonly tokenSignature?: string;
  /** HMAC under the hash of a token of the first release. */
  readonly tokenMac?: Base64Url;
  /** The `Resume`, sealed as the node's first message. */
  readonly sealed: string;
}

/** base64 of AES-256-GCM over the JSON of a message. */
export interface SealedMessage {
  readonly type: 'sealed';
  readonly sealed: string;
}

/** Where the node is. */
export interface Resume {
  readonly type: 'resume';
  /** Id of the environment that the node's copy belongs to; null for an empty node. */
  readonly environmentId: string | null;
  /** What the node has: 0 and the empty digest for an empty node. */
  readonly revision: number;
  /** hex, 32 bytes. */
  readonly digest: string;
  /** Milliseconds since 1970 by the node's clock. */
  readonly time: number;
  /** Of the welcome under which it took what it has; absent for an empty node. */
  readonly lineage?: string;
  /** Its state is incomplete, or its digest no longer matches: it needs a snapshot. */
  readonly incomplete?: boolean;
  /** Milliseconds without a manager after which it serves no JWK Sets; absent: it always does. */
  readonly serveLimitMs?: number;
  /** It keeps no copy. */
  readonly ephemeral?: boolean;
  /** It reads `heard`, `counted` and `revoked`; absent: it is of an earlier release, which ends the stream for them. */
  readonly heartbeats?: boolean;
  /** It reads `test-outlet`; absent: it is of an earlier release. */
  readonly outletTests?: boolean;
}

export interface Welcome {
  readonly type: 'welcome';
  readonly environmentId: string;
  readonly environmentName: string;
  /** False: the node is sent public parts only. */
  readonly privateKeys: boolean;
  /**
   * Which history the manager's revisions count in: another one with higher revisions is a restored backup that was
   * announced.
   */
  readonly lineage?: string;
  /** It reads `goodbye`, `usage` and `revoked-kids`; absent: it is of an earlier release. */
  readonly heartbeats?: boolean;
  /** It reads `outlets`. */
  readonly outlets?: boolean;
}

/** The manager closes the connection. Unlike the reason of the close itself, it is authentic. */
export interface Ended {
  readonly type: 'ended';
  readonly code: number;
  readonly reason: string;
}

/**
 * `sealed` is base64 of AES-256-GCM over the JSON of `Change[]`, in revision order; its additional data are
 * all other members and the count of messages so far in this direction.
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
  /**
   * The digest of its state matches, but the change does not apply to it: the manager has lost a part of its history.
   */
  readonly diverged?: boolean;
}

/** The node's heartbeat. The manager answers with `heard` once it is durably recorded. */
export interface Clock {
  readonly type: 'clock';
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A heartbeat was durably recorded. */
export interface Heard {
  readonly type: 'heard';
  /** `time` of the heartbeat. */
  readonly time: number;
  /** As recorded; a signing lease counts from it. Milliseconds since 1970 by the clock of the database. */
  readonly lastSeenAt: number;
  /** By the clock of the database, when this was sent. */
  readonly managerTime: number;
  /** How long the manager had the heartbeat before it sent this, milliseconds. Absent: of an earlier release. */
  readonly answeredAfterMs?: number;
  /** Registered nodes, of all environments: each has its share of the uses of a key. Absent: of an earlier release. */
  readonly nodes?: number;
}

/** An ephemeral node stops, and comes back with nothing. */
export interface Goodbye {
  readonly type: 'goodbye';
}

/** What keys were used for since the last report. The manager answers with `counted` once it is stored. */
export interface Usage {
  readonly type: 'usage';
  /** Grows with each report of a node, also over restarts; a report that was stored is not counted again. */
  readonly report: number;
  readonly uses: readonly {
    readonly applicationId: string;
    readonly jwkId: string;
    readonly operation: string;
    readonly outcome: string;
    readonly count: number;
    /** Milliseconds since 1970, rounded down to the minute. */
    readonly lastUsedAt: number;
  }[];
}

export interface Counted {
  readonly type: 'counted';
  readonly report: number;
}

export interface KeyOfRing {
  readonly ringId: string;
  readonly kid: string;
}

/** Revoked kids that the node remembers and that the manager sent it again as valid. */
export interface RevokedKidsReport {
  readonly type: 'revoked-kids';
  readonly keys: readonly KeyOfRing[];
}

/**
 * Keys that were revoked, sent ahead of the changes that a node still has to take: it uses none of them from now on. The
 * state that removes them follows in its order.
 */
export interface Revoked {
  readonly type: 'revoked';
  readonly keys: readonly KeyOfRing[];
}

/** How deliveries of outlets stand: all of them after a welcome, then those that changed. */
export interface OutletsReport {
  readonly type: 'outlets';
  readonly deliveries: readonly {
    readonly outletId: string;
    /** CURRENT, LAGGING or FAILING. */
    readonly state: string;
    /** Of the environment whose content was delivered last; 0: none. */
    readonly revision: number;
    /** SHA-256 of what was delivered last, hex. */
    readonly digest: string | null;
    /** Milliseconds since 1970, by the manager's time. */
    readonly deliveredAt: number | null;
    readonly attempts: number;
    readonly lastError: string | null;
  }[];
}

/** The node finds out whether it could deliver an outlet, and delivers nothing. Only where `resume` has `outletTests`. */
export interface TestOutlet {
  readonly type: 'test-outlet';
  /** Which test of this connection it is. */
  readonly test: number;
  readonly outletId: string;
}

export interface OutletTested {
  readonly type: 'outlet-tested';
  readonly test: number;
  /** Null: it could be delivered. */
  readonly error: string | null;
}

export type FromNode = Hello | NodeProof | SealedMessage;
export type FromManager = Identity | ManagerProof | SealedMessage | State;
/** What is inside `SealedMessage`. */
export type SealedFromNode =
  | Resume
  | Applied
  | Refused
  | Clock
  | Goodbye
  | Usage
  | RevokedKidsReport
  | OutletsReport
  | OutletTested;
export type SealedFromManager = Welcome | Ended | Heard | Counted | Revoked | TestOutlet;
