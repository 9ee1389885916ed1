// The rules of access and environments over a real store, with a clock that tests move.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Access, createAccess } from '../../../src/access/access.ts';
import type { Caller } from '../../../src/access/caller.ts';
import type { AuditLog, AuditRecord } from '../../../src/audit/audit-log.ts';
import { createAuditLog } from '../../../src/audit/create-audit-log.ts';
import { createRejectionLog, type RejectionLog } from '../../../src/audit/rejection-log.ts';
import type { DeploymentPort, LiveNodeState } from '../../../src/environments/deployment-port.ts';
import { createEnrollment, type Enrollment } from '../../../src/environments/enrollment.ts';
import { createEnvironments, type Environments } from '../../../src/environments/environments.ts';
import { createNodes, type Nodes } from '../../../src/environments/nodes.ts';
import { realTime } from '../../../src/runtime/fair-queue.ts';
import { openStore, type Store, type Stores } from '../../../src/store/store.ts';
import { testIntegrity } from '../../support/databases.ts';
import { dropPostgresDatabase } from '../../support/postgres-databases.ts';
import { createDatabase } from '../../support/schema-templates.ts';

export interface TestClock {
  now: Date;
  readonly clock: () => Date;
  advance(ms: number): void;
}

/** Notes what it was asked, in order. */
export interface NotingDeployments extends DeploymentPort<Stores> {
  readonly calls: string[];
  readonly live: Map<string, LiveNodeState>;
}

export interface RuleWorld {
  readonly store: Store;
  readonly audit: AuditLog;
  readonly rejections: RejectionLog;
  readonly time: TestClock;
  readonly deployments: NotingDeployments;
  readonly access: Access;
  readonly environments: Environments;
  readonly enrollment: Enrollment;
  readonly nodes: Nodes;
  auditRecords(): Promise<readonly AuditRecord[]>;
  close(): Promise<void>;
}

export const adminPassword = 'correct horse battery';

export async function openRuleWorld(): Promise<RuleWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'keyplane-rules-'));
  const databaseUrl = await createDatabase(dir);
  const path = join(dir, 'keyplane.db');
  const store = await openStore(
    databaseUrl === undefined ? { kind: 'sqlite', path } : { kind: 'postgres', url: databaseUrl },
  );
  store.protect(testIntegrity);
  const time = testClock();
  const { clock } = time;
  const audit = createAuditLog({ key: randomBytes(32), clock });
  const deployments = notingDeployments();
  const readIdentity = async () => ({ id: 'an-identity', fingerprint: 'A'.repeat(43) });
  const rejections = createRejectionLog({ store, audit, time: realTime, onError: unexpected });
  const options = { store, audit, rejections, clock, deployments, readIdentity };
  return {
    store,
    audit,
    rejections,
    time,
    deployments,
    access: createAccess(options),
    environments: createEnvironments(options),
    enrollment: createEnrollment(options),
    nodes: createNodes({ ...options, longestLeases: async () => new Map() }),
    auditRecords: () => store.read((stores) => stores.audit.list(0, 1000)),
    async close() {
      await rejections.close();
      await store.close();
      if (databaseUrl !== undefined) await dropPostgresDatabase(databaseUrl);
      await rm(dir, { recursive: true });
    },
  };
}

/** The administrator `admin`, made when there is none. */
export async function adminOf({ access, store }: RuleWorld): Promise<Caller> {
  await access.ensureFirstAdmin({ username: 'admin', password: adminPassword });
  return callerNamed(store, 'admin');
}

export async function callerNamed(store: Store, username: string): Promise<Caller> {
  const user = await store.read((stores) => stores.users.find(username));
  if (!user) throw new Error(`no user ${username}`);
  return {
    userId: user.id,
    username,
    admin: user.admin,
    narrowed: null,
    tokenId: 'of a test',
    tokenKind: 'PERSONAL',
    tokenExpiresAt: null,
  };
}

function unexpected(error: unknown): never {
  throw error;
}

function testClock(): TestClock {
  const time: TestClock = {
    now: new Date('2030-01-31T12:00:00.000Z'),
    clock: () => time.now,
    advance(ms) {
      time.now = new Date(time.now.getTime() + ms);
    },
  };
  return time;
}

function notingDeployments(): NotingDeployments {
  const calls: string[] = [];
  const live = new Map<string, LiveNodeState>();
  return {
    calls,
    live,
    async syncEnvironment(_stores, { environmentId }) {
      calls.push(`sync ${environmentId}`);
    },
    async putDesiredSettings() {},
    async withdrawProject(stores, projectId) {
      // In the transaction, while the project is still there.
      const project = await stores.projects.get(projectId);
      calls.push(`withdraw ${project?.name}`);
    },
    async putDesiredSigner(_stores, { name, historicalKeyRingName }, former) {
      calls.push(`signer of ${name}: ${historicalKeyRingName} after ${former}`);
    },
    async putDesiredProjectSet(_stores, { name, publishKeyTypes }) {
      calls.push(`set of ${name}: ${publishKeyTypes}`);
    },
    environmentRemoved: (environmentId) => calls.push(`environment removed ${environmentId}`),
    nodeRemoved: (nodeId) => calls.push(`node removed ${nodeId}`),
    wake: () => calls.push('wake'),
    liveNodes: () => live,
    isOwn: () => false,
  };
}
