// What every fault of key rings begins with: a manager, nodes that sign, and a ring whose times are seconds.

import { until } from '../../test/support/manager.ts';
import { joseVerifier } from '../../test/system/support/caching-verifiers.ts';
import { keyplane } from '../../test/system/support/keyplane-process.ts';
import {
  type KilledWorld,
  type KilledWorldOptions,
  type RestartableNode,
  startKilledWorld,
} from '../../test/system/support/restartable.ts';
import { type RingDriver, ringDriver, ringsPath } from '../../test/system/support/ring-driver.ts';
import { startTokenTraffic, type TokenTraffic } from '../../test/system/support/token-traffic.ts';

const maxAgeSeconds = 1;
const clockSkewSeconds = 1;
const doctorMs = 15_000;
const ring = {
  name: 'signing',
  type: 'EC',
  ec: { curveType: 'P256', algorithm: 'ES256' },
  rotationInterval: null,
  maxTokenLifetime: 'PT4S',
  verifierCacheTime: 'PT0S',
  clockSkew: `PT${clockSkewSeconds}S`,
};

export interface RingWorld extends KilledWorld {
  readonly ring: RingDriver;
  readonly traffic: TokenTraffic;
  /** @returns undefined once it signed, or its refusal */
  signAt(node: RestartableNode): Promise<string | undefined>;
  /** What `keyplane doctor` finds wrong in the installation, each a line. */
  doctor(): Promise<string[]>;
  /** @returns what was broken, and with that everything has ended */
  end(): Promise<string[]>;
}

interface RingWorldOptions extends Omit<KilledWorldOptions, 'settings'> {
  /** Of the ring; that of `ring` where it is left out. */
  readonly maxTokenLifetime?: string;
}

export async function startRingWorld(options: RingWorldOptions): Promise<RingWorld> {
  const settings = {
    KEYPLANE_JWKS_MAX_AGE: String(maxAgeSeconds),
    KEYPLANE_JWKS_STALE_WHILE_REVALIDATE: '0',
  };
  const { maxTokenLifetime = ring.maxTokenLifetime, ...killed } = options;
  const world = await startKilledWorld({ ...killed, settings });
  requireMade(await world.ask('POST', ringsPath, { ...ring, maxTokenLifetime }));
  const { token } = requireMade(
    await world.ask('POST', '/apiops/projects/MyProject/applications/', {
      name: 'issuer',
      grants: [{ keyRingName: ring.name, operations: ['SIGN', 'VERIFY'] }],
    }),
  );
  const urls = world.nodes.map(({ url }) => `${url}/projects/MyProject/.well-known/jwks.json`);
  const cached = { cacheSeconds: maxAgeSeconds, clockSkewSeconds, cooldownSeconds: 3_600 };
  const traffic = startTokenTraffic({
    nodes: world.nodes,
    ringPath: `/projects/MyProject/key-rings/${ring.name}`,
    applicationToken: token,
    verifiers: urls.map((_, index) =>
      joseVerifier({ ...cached, name: 'jose', urls: [...urls.slice(index), ...urls.slice(0, index)] }),
    ),
    lifetimes: ['PT2S', ring.maxTokenLifetime],
  });
  return {
    ...world,
    ring: ringDriver(world, ring.name),
    traffic,
    async signAt(node) {
      const url = `${node.operationsUrl}/projects/MyProject/key-rings/${ring.name}/sign`;
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answer = await fetch(url, { method: 'POST', headers, body: '{"claims":{}}' });
      const body = (await answer.json()) as { error_description?: string };
      return answer.ok ? undefined : (body.error_description ?? String(answer.status));
    },
    async doctor() {
      let found: string[] = [];
      // A node that is behind by a moment is a warning.
      const isWell = async () => {
        found = await askDoctor(`${world.world.folder}/manager`, options.databaseUrl);
        return found.length === 0;
      };
      await until(isWell, 'doctor finds nothing', doctorMs).catch(() => undefined);
      return found;
    },
    async end() {
      await traffic.stop();
      for (const one of [...world.nodes, ...world.managers]) await one.kill();
      return [...new Set(traffic.broken)];
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape
function requireMade({ status, body }: { readonly status: number; readonly body: any }): any {
  if (status !== 200 || !body.deploymentResult?.success) {
    throw new Error(`not made: ${status} ${JSON.stringify(body)}`);
  }
  return body;
}

async function askDoctor(dataDir: string, databaseUrl: string | undefined): Promise<string[]> {
  const url = databaseUrl !== undefined && { KEYPLANE_DATABASE_URL: databaseUrl };
  const command = keyplane(['doctor'], { settings: { KEYPLANE_DATA_DIR: dataDir, ...url } });
  const { code } = await command.ended;
  return code === 0 ? [] : [`doctor: ${(command.stdout() + command.stderr()).trim()}`];
}

/** What holds of a ring at any moment. @returns sentences on what does not */
export async function inspectRing(driver: RingDriver): Promise<string[]> {
  const { members } = await driver.get();
  const of = (state: string) => members.filter((member) => member.state === state).length;
  const versions = members.map(({ version }) => version);
  return [
    ...(of('ACTIVE') === 1 ? [] : [`${of('ACTIVE')} keys are ACTIVE`]),
    ...(of('STAGED') + of('NEXT') <= 1 ? [] : [`${of('STAGED') + of('NEXT')} successors`]),
    ...(versions.every((version, index) => version === index + 1) ? [] : [`versions ${versions.join()}`]),
  ];
}
