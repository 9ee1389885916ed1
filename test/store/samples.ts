// Sample objects to store: complete, each with a fresh id and a different name unless the test sets them.

import { randomBytes, randomUUID } from 'node:crypto';
import type { Project, Token, User } from '../../src/access/access-store.ts';
import type { Application } from '../../src/applications/application.ts';
import type {
  EnrollmentToken,
  Environment,
  NodeKey,
  RegisteredNode,
} from '../../src/environments/environment-store.ts';
import type { StoredEvent } from '../../src/events/event.ts';
import type { StoredJwk } from '../../src/jwks/jwk-store.ts';
import type { RingMember } from '../../src/jwks/ring-member.ts';
import type { Certificate, CryptoKey, StoredKeystore } from '../../src/materials/material-store.ts';
import { newId } from '../../src/new-id.ts';
import type { Outlet } from '../../src/outlets/outlet.ts';
import type { OutletDelivery } from '../../src/outlets/outlet-store.ts';
import type { KeyRing } from '../../src/rings/ring.ts';
import type { Sealed } from '../../src/sealing/sealed.ts';
import type { TokenProfile } from '../../src/token-profiles/token-profile.ts';
import type { View } from '../../src/views/view.ts';
import { deliveredUpTo } from '../../src/webhooks/delivered-events.ts';
import type { WebhookCursor } from '../../src/webhooks/webhook-store.ts';

const createdAt = new Date('2026-03-04T05:06:07.089Z');
const updatedAt = new Date('2026-04-05T06:07:08.091Z');

export const bytes = (length: number) => randomBytes(length);
export const sealedSample = () => randomBytes(77) as Buffer as Sealed;
const name = (prefix: string) => `${prefix}-${randomUUID().slice(0, 8)}`;

export function sampleUser(over: Partial<User> = {}): User {
  return {
    id: newId(),
    username: name('user'),
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
    admin: false,
    createdAt,
    updatedAt,
    ...over,
  };
}

export function sampleToken(userId: string, over: Partial<Token> = {}): Token {
  return {
    id: newId(),
    userId,
    name: name('token'),
    hash: bytes(32),
    kind: 'PERSONAL',
    createdAt,
    expiresAt: null,
    projects: null,
    lastUsedAt: null,
    ...over,
  };
}

export function sampleProject(over: Partial<Project> = {}): Project {
  return {
    id: newId(),
    name: name('project'),
    description: null,
    historicalKeyRingName: null,
    publishKeyTypes: null,
    createdAt,
    updatedAt,
    ...over,
  };
}

export function sampleEnvironment(over: Partial<Environment> = {}): Environment {
  return {
    id: newId(),
    name: name('environment'),
    description: null,
    type: 'TEST',
    accessUrl: null,
    projectIds: null,
    environmentSet: true,
    createdAt,
    updatedAt,
    ...over,
  };
}

export function sampleEnrollmentToken(
  environmentId: string,
  over: Partial<EnrollmentToken> = {},
): EnrollmentToken {
  return {
    id: newId(),
    environmentId,
    publicKey: bytes(32),
    hash: bytes(32),
    label: null,
    createdAt,
    expiresAt: null,
    maxNodes: null,
    registered: 0,
    privateKeys: true,
    identityId: null,
    ...over,
  };
}

export function sampleNode(environmentId: string, over: Partial<RegisteredNode> = {}): RegisteredNode {
  return {
    id: newId(),
    environmentId,
    name: name('node'),
    version: null,
    appliedRevision: 0,
    connected: false,
    lastSeenAt: null,
    createdAt,
    managerId: null,
    refusal: null,
    keyId: null,
    privateKeys: true,
    address: null,
    clockOffsetMs: null,
    appliedAt: null,
    serveLimitMs: null,
    ephemeral: false,
    ...over,
  };
}

export function sampleJwk(projectId: string, over: Partial<StoredJwk> = {}): StoredJwk {
  return {
    id: newId(),
    projectId,
    name: name('jwk'),
    description: null,
    sourceType: 'COPY_PASTE',
    sourceId: null,
    sourceUrl: null,
    source: {},
    type: 'EC',
    kid: 'kid-1',
    use: null,
    algorithm: null,
    notBeforeTime: null,
    expirationTime: null,
    publicMembers: '{"kty":"EC"}',
    privateMembers: sealedSample(),
    createdAt,
    updatedAt,
    ...over,
  };
}

export function sampleCertificate(
  projectId: string,
  environmentIds: readonly string[],
  over: Partial<Certificate> = {},
): Certificate {
  return {
    id: newId(),
    projectId,
    name: name('certificate'),
    description: null,
    createdAt,
    updatedAt,
    environments: environmentIds.map((environmentId) => ({
      environmentId,
      alias: name('alias'),
      chain: [bytes(40), bytes(60)],
      startDate: new Date('2026-01-01T00:00:00Z'),
      endDate: new Date('2036-01-01T00:00:00Z'),
      sha1Thumbprint: 'AB:CD',
      subjectDn: 'CN=example',
    })),
    ...over,
  };
}

export function sampleCryptoKey(
  projectId: string,
  environmentIds: readonly string[],
  over: Partial<CryptoKey> = {},
): CryptoKey {
  return {
    id: newId(),
    projectId,
    name: name('key'),
    description: null,
    keyType: 'SECRET_KEY',
    algorithm: 'AES',
    createdAt,
    updatedAt,
    environments: environmentIds.map((environmentId) => ({
      environmentId,
      alias: null,
      content: sealedSample(),
    })),
    ...over,
  };
}

export function sampleKeystore(
  projectId: string,
  environmentIds: readonly string[],
  over: Partial<StoredKeystore> = {},
): StoredKeystore {
  return {
    id: newId(),
    projectId,
    name: name('keystore'),
    description: null,
    createdAt,
    updatedAt,
    environments: environmentIds.map((environmentId, index) => ({
      environmentId,
      alias: 'alias',
      keystoreType: index === 0 ? 'JKS' : 'PKCS12',
      file: sealedSample(),
      password: sealedSample(),
      keyPassword: index === 0 ? null : sealedSample(),
      keyPasswords: index === 0 ? null : sealedSample(),
    })),
    ...over,
  };
}

export function sampleNodeKey(environmentId: string, over: Partial<NodeKey> = {}): NodeKey {
  return {
    id: newId(),
    environmentId,
    name: name('node'),
    publicKey: bytes(32),
    tokenId: null,
    tokenName: null,
    privateKeys: true,
    registeredAt: createdAt,
    barred: null,
    ...over,
  };
}

export function sampleKeyRing(projectId: string, over: Partial<KeyRing> = {}): KeyRing {
  return {
    id: newId(),
    projectId,
    name: name('ring'),
    description: null,
    type: 'EC',
    use: 'sig',
    parameters: { curveType: 'P_256', keyUseType: 'SIGNATURE' },
    policy: {
      rotationInterval: 'P90D',
      maxTokenLifetime: 'PT1H',
      verifierCacheTime: 'PT24H',
      clockSkew: 'PT1M',
      signingLease: 'P7D',
      exportable: false,
      environmentIds: null,
    },
    formerLimits: null,
    nextVersion: 1,
    heldBecause: null,
    rotateRequestedAt: null,
    requestedActivation: null,
    resumedAt: null,
    examineAt: null,
    createdAt,
    updatedAt,
    ...over,
  };
}

export function sampleRingMember(
  ringId: string,
  version: number,
  over: Partial<RingMember> = {},
): RingMember {
  return {
    ringId,
    version,
    state: 'STAGED',
    revisions: {},
    joinedAt: {},
    publishedAt: null,
    readyAt: null,
    activatedAt: null,
    retireAt: null,
    retiredAt: null,
    revokedAt: null,
    revokedReason: null,
    confirmedAt: null,
    sentRetireAt: null,
    pendingNodeIds: [],
    hasSigned: false,
    erasedAt: null,
    generation: 'EC P-256 ES256',
    ...over,
  };
}

export function sampleApplication(projectId: string, over: Partial<Application> = {}): Application {
  return {
    id: newId(),
    projectId,
    name: name('application'),
    description: null,
    expiresAt: null,
    credentials: [
      {
        type: 'TOKEN',
        name: 'default',
        expiresAt: null,
        tokens: [{ hash: bytes(32).toString('hex'), validUntil: null }],
      },
    ],
    grants: [],
    createdAt,
    updatedAt,
    ...over,
  };
}

export function sampleTokenProfile(projectId: string, over: Partial<TokenProfile> = {}): TokenProfile {
  return {
    id: newId(),
    projectId,
    name: name('profile'),
    description: null,
    keyRingId: newId(),
    rules: {
      issuer: 'https://issuer.example',
      audiences: ['https://api.example'],
      audienceMode: 'FIXED',
      lifetime: 'PT5M',
      maxLifetime: 'PT30M',
      notBeforeOffset: '-PT1M',
      tokenType: 'JWT',
      subject: { mode: 'FROM_CALLER', value: null, pattern: null },
      claims: { fixed: { tenant: null }, allowed: ['a'], required: [], schema: { type: 'object' } },
    },
    encryptTo: null,
    createdAt,
    updatedAt,
    ...over,
  };
}

export function sampleView(projectId: string, over: Partial<View> = {}): View {
  return {
    id: newId(),
    projectId,
    name: name('view'),
    description: null,
    include: { keyTypes: ['EC'], uses: ['sig'] },
    exclude: null,
    createdAt,
    updatedAt,
    ...over,
  };
}

export function sampleOutlet(projectId: string, over: Partial<Outlet> = {}): Outlet {
  return {
    id: newId(),
    projectId,
    name: name('outlet'),
    description: null,
    kind: 'FILES',
    source: { type: 'PROJECT', id: null },
    content: 'JWKS',
    environmentIds: null,
    target: { path: 'gateway/jwks.json', layout: 'RENAME' },
    credential: null,
    gate: true,
    generation: 1,
    forcedGeneration: null,
    createdAt,
    updatedAt,
    ...over,
  };
}

/** Its time is the database's. */
export function sampleDelivery(
  outletId: string,
  over: Partial<OutletDelivery> = {},
): Omit<OutletDelivery, 'updatedAt'> {
  return {
    outletId,
    environmentId: newId(),
    nodeId: newId(),
    revision: 12,
    digest: 'ab'.repeat(32),
    state: 'CURRENT',
    deliveredAt: updatedAt,
    attempts: 1,
    lastError: null,
    generation: 0,
    remoteVersion: null,
    ...over,
  };
}

export function sampleCursor(
  { id: outletId, projectId }: Outlet,
  over: Partial<WebhookCursor> = {},
): Omit<WebhookCursor, 'lost'> {
  return {
    outletId,
    projectId,
    ...deliveredUpTo(3),
    attempts: 2,
    lastError: 'The receiver answered 503!',
    deliveredAt: updatedAt,
    stoppedVersion: null,
    ...over,
  };
}

export function sampleEvent(
  projectId: string,
  over: Partial<StoredEvent> = {},
): Omit<StoredEvent, 'sequence'> {
  return {
    projectId,
    id: newId(),
    type: 'jwk.created',
    objectType: 'jwk',
    objectName: name('jwk'),
    kid: 'k-1',
    facts: { sourceType: 'GENERATE', version: 2, isLate: false, nodeName: null },
    at: createdAt,
    ...over,
  };
}
