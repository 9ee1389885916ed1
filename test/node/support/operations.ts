// What a node is sent for operations, and how an application calls them.

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type {
  DeployedApplication,
  DeployedJwk,
  DeployedKeyRing,
  DeployedMembership,
  FormerMember,
  GrantOperation,
  GrantRate,
} from '../../../src/protocol/content.ts';
import { ecJwk, privateEcKey } from './contents.ts';

export function ringContent(name: string, members: Partial<DeployedKeyRing> = {}): DeployedKeyRing {
  return {
    kind: 'key-ring',
    id: randomUUID(),
    project: 'MyProject',
    name,
    use: 'sig',
    maxTokenLifetimeMs: 3_600_000,
    clockSkewMs: 0,
    signingLeaseMs: 604_800_000,
    signsHistoricalKeys: false,
    former: [],
    ...members,
  };
}

export type SigningMember = DeployedJwk & { readonly ring: DeployedMembership };

/** The private part is sent as the state requires, unless `jwk` is given. */
export function memberContent(
  ring: DeployedKeyRing,
  version: number,
  state: DeployedMembership['state'],
  jwk: Readonly<Record<string, unknown>> = privateEcKey(),
): SigningMember {
  const kid = `${ring.name}-${version}`;
  const whole = { alg: 'ES256', use: ring.use, kid, ...jwk };
  const { d: _private, ...publicMembers } = whole as typeof whole & { d?: string };
  return {
    ...ecJwk({ name: `${ring.name}.${version}`, jwk: state === 'ACTIVE' ? whole : publicMembers }),
    ring: { ringId: ring.id, version, state, published: true, retireAt: null },
  };
}

export function formerMember(
  { jwk, ring }: SigningMember,
  end: Pick<FormerMember, 'retiredAt'> | Pick<FormerMember, 'revokedAt'>,
): FormerMember {
  const { d: _private, ...publicMembers } = jwk as Record<string, unknown> & { d?: string };
  return {
    version: ring.version,
    kid: String(jwk.kid),
    jwk: publicMembers,
    retiredAt: null,
    revokedAt: null,
    revokedReason: 'revokedAt' in end ? 'COMPROMISED' : null,
    ...end,
  };
}

export interface TestApplication {
  readonly token: string;
  readonly content: DeployedApplication;
}

export function applicationContent(
  grants: readonly {
    readonly id: string;
    readonly kind: string;
    readonly operations: readonly GrantOperation[];
    readonly rate?: GrantRate;
  }[],
  members: Partial<DeployedApplication> = {},
): TestApplication {
  const token = `kpa_${randomBytes(32).toString('base64url')}`;
  const content: DeployedApplication = {
    kind: 'application',
    id: randomUUID(),
    project: 'MyProject',
    name: 'checkout',
    expires: null,
    tokens: [{ hash: hashOf(token), validUntil: null }],
    grants: grants.map(({ id, kind, operations, rate }) => ({
      keyRingId: kind === 'key-ring' ? id : null,
      jwkId: kind === 'jwk' ? id : null,
      operations,
      ...(rate && { rate }),
    })),
    ...members,
  };
  return { token, content };
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export interface OperationAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly body: any;
}

/** @param body sent as it is where it is a text */
export async function operate(
  url: string,
  path: string,
  { token, body, headers = {} }: { token?: string; body?: unknown; headers?: Record<string, string> },
): Promise<OperationAnswer> {
  const response = await fetch(`${url}/projects/MyProject/${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export function partsOf(jws: string): readonly Record<string, unknown>[] {
  return jws
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
}
