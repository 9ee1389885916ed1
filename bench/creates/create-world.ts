// A manager in a separate process, with its nodes in others, that creates JWKs on command and reports what one cost.

import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchManager, onClients, startBenchManager } from '../bench-manager.ts';
import type { BenchProcess } from '../bench-process.ts';
import type { JoinedNodeOrder, NodeFacts } from '../nodes/joined-node.ts';
import { startJoinedNode } from '../nodes/start-joined-node.ts';
import type { CpuProfile } from './profile-parts.ts';
import type { CpuUsed } from './watched-manager.ts';

export interface CreateLoad {
  /** A private key of P-256 or RSA 2048 that is pasted, or one of P-256 that the manager generates. */
  readonly key: 'pasted' | 'rsa' | 'generated';
  readonly clients: number;
  readonly creates: number;
}

/** For one create. */
export interface CreateCost {
  readonly managerMs: number;
  /** Of all nodes together. */
  readonly nodeMs: number;
  readonly statements: number;
  readonly perSecond: number;
}

export interface CreateWorld {
  readonly manager: BenchManager;
  create(load: CreateLoad): Promise<CreateCost>;
  statementsOfOne(load: CreateLoad): Promise<readonly string[]>;
  profile(load: CreateLoad): Promise<CpuProfile>;
  close(): Promise<void>;
}

export interface CreateWorldOptions {
  readonly nodes: number;
  /** Connections to the manager. */
  readonly clients: number;
  readonly databaseUrl?: string | undefined;
}

/** Enough that none stays in a processor cache, and few enough to generate in seconds. */
const keysMade = 64;
const bodies = new Map<CreateLoad['key'], (name: string) => Record<string, unknown>>();

export async function createWorld({ nodes, clients, databaseUrl }: CreateWorldOptions): Promise<CreateWorld> {
  const file = new URL('./watched-manager.ts', import.meta.url);
  const manager = await startBenchManager(clients, {
    file,
    ...(databaseUrl !== undefined && { databaseUrl }),
  });
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-nodes-'));
  const joined: BenchProcess[] = [];
  const close = async () => {
    for (const node of joined) await node.end();
    await manager.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (let index = 0; index < nodes; index += 1) {
      const environment = `bench-${index}`;
      await manager.post('/apiops/environments/', { name: environment, type: 'TEST' });
      const path = `/apiops/environments/${environment}/enrollment-tokens/`;
      const { token } = JSON.parse(await manager.post(path, { privateKeys: true }));
      const node = startJoinedNode();
      joined.push(node);
      const dataDir = join(folder, environment);
      await node.ask({ managerUrl: manager.url, environment, token, dataDir } satisfies JoinedNodeOrder);
    }
  } catch (error) {
    await close();
    throw error;
  }

  const nodeMicros = async () => {
    let micros = 0;
    for (const node of joined) micros += (await node.ask<NodeFacts>('facts')).usedMicros;
    return micros;
  };

  async function createAll({ key, clients: many, creates }: CreateLoad): Promise<number> {
    const url = `/apiops/projects/Bench/jwks/${key === 'generated' ? 'generate' : ''}`;
    const works = Array.from({ length: creates }, () => {
      const body = bodyOf(key);
      return () => manager.post(url, body);
    });
    const startedAt = performance.now();
    await onClients(many, works);
    return (creates / (performance.now() - startedAt)) * 1_000;
  }

  return {
    manager,
    close,
    async create(load) {
      const before = await nodeMicros();
      await manager.ask('used');
      const perSecond = await createAll(load);
      const { cpuMs, statements } = await manager.ask<CpuUsed>('used');
      return {
        managerMs: cpuMs / load.creates,
        nodeMs: ((await nodeMicros()) - before) / 1e3 / load.creates,
        statements: statements / load.creates,
        perSecond,
      };
    },
    async statementsOfOne(load) {
      await manager.ask('statements');
      await createAll({ ...load, clients: 1, creates: 1 });
      return manager.ask('statements');
    },
    async profile(load) {
      await manager.ask('start profile');
      await createAll(load);
      return manager.ask('end profile');
    },
  };
}

let made = 0;

export function bodyOf(key: CreateLoad['key']): Record<string, unknown> {
  const build = bodies.get(key) ?? builderOf(key);
  bodies.set(key, build);
  made += 1;
  return build(`jwk-${made}`);
}

function builderOf(key: CreateLoad['key']): (name: string) => Record<string, unknown> {
  if (key === 'generated') return (name) => ({ name, type: 'EC', ec: { curveType: 'P256' } });
  const keys = Array.from({ length: keysMade }, () => {
    const { privateKey } =
      key === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return privateKey.export({ format: 'jwk' });
  });
  // Each with another kid: a project keeps one key under a kid only.
  return (name) => {
    const jwk = { ...keys[made % keysMade], kid: name };
    return { name, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) };
  };
}
