// A backup that is restored in the middle of a rotation: the database knows less than the nodes. Every ring is held until an
// administrator resumes it, no verifier refuses a valid token meanwhile, and what was revoked stays revoked.

import { join } from 'node:path';
import { until } from '../test/support/manager.ts';
import { keyplane } from '../test/system/support/keyplane-process.ts';
import { activeOf, type SeenRing } from '../test/system/support/ring-driver.ts';
import type { FaultRow, FaultRun } from './fault-row.ts';
import { inspectRing, type RingWorld, startRingWorld } from './support/ring-world.ts';

export const limitSeconds = 400;

const patienceMs = 90_000;

export async function run(run: FaultRun): Promise<FaultRow[]> {
  const rows: FaultRow[] = [];
  for (const [scenario, between] of Object.entries(lost)) {
    rows.push(await restored(scenario, between));
    run.tell(scenario);
  }
  return rows;
}

/** What happens after the backup, and is lost with the database. */
const lost: Readonly<Record<string, (world: RingWorld) => Promise<string | undefined>>> = {
  'a backup restored, from before an activation': async ({ ring }) => {
    await ring.rotate();
    return undefined;
  },
  'a backup restored, from before a revocation': async ({ ring, traffic }) => {
    await ring.ready();
    const kid = activeOf(await ring.get())?.kid ?? '';
    traffic.revoking(kid);
    await ring.post('revoke', { kid, reason: 'COMPROMISED' });
    await ring.becomes(
      (seen) => seen.members.some((one) => one.kid === kid && one.state === 'REVOKED'),
      'it is revoked',
    );
    return kid;
  },
};

async function restored(
  scenario: string,
  between: (world: RingWorld) => Promise<string | undefined>,
): Promise<FaultRow> {
  const world = await startRingWorld({ nodeNames: ['n1', 'n2'], maxTokenLifetime: 'PT10M' });
  const { ring, managers } = world;
  const [manager] = managers;
  if (manager === undefined) throw new Error('there is no manager');
  const broken: string[] = [];
  await ring.rotate();
  await ring.ready();
  const file = join(world.world.folder, 'backup');
  const settings = { KEYPLANE_DATA_DIR: join(world.world.folder, 'manager') };
  await command(settings, 'backup', '--out', file);
  const revoked = await between(world);
  await world.world.manager.stop();
  await command(settings, 'restore', '--in', file, '--replace');
  await manager.start();
  for (const { name } of world.nodes) await world.connected(name);
  const held = await ring.get();
  // While it is revoked again its state says so.
  if (held.heldBecause !== 'RESTORED') broken.push(`the ring is held because of ${held.heldBecause}`);
  const refused = await ring.post('rotate').then(
    () => 'nothing',
    (error: Error) => error.message,
  );
  if (!refused.includes('is held: resume it'))
    broken.push(`rotate of the held ring was refused with ${refused}`);
  const signed = world.traffic.signed;
  await until(() => world.traffic.signed > signed + 60, 'tokens are signed meanwhile', patienceMs).catch(
    (error: Error) => broken.push(error.message),
  );
  const same = await ring.get();
  if (activeOf(same)?.kid !== activeOf(held)?.kid && revoked === undefined)
    broken.push('the held ring activated another key');
  if (revoked !== undefined) broken.push(...(await staysRevoked(world, revoked)));
  await ring.post('resume');
  await ring.rotate();
  broken.push(...(await inspectRing(ring)), ...(await world.doctor()));
  const total = world.traffic.signed;
  broken.push(...(await world.end()));
  return {
    scenario,
    promise:
      'the ring is held until it is resumed; what was revoked stays revoked; no valid token is refused',
    figure: `${total} tokens signed`,
    broken,
  };
}

async function staysRevoked({ ring, traffic }: RingWorld, kid: string): Promise<string[]> {
  const isRevoked = (seen: SeenRing) =>
    seen.members.some((one) => one.kid === kid && one.state === 'REVOKED');
  try {
    await ring.becomes(isRevoked, 'the manager learns from its nodes that the key was revoked');
    traffic.revoked(kid, { nodes: Date.now(), verifiers: Number.POSITIVE_INFINITY });
    const seen = traffic.refusedAfterRevocation.get('node') ?? 0;
    await until(
      () => (traffic.refusedAfterRevocation.get('node') ?? 0) > seen + 5,
      'nodes refuse it',
      patienceMs,
    );
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

async function command(
  settings: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<void> {
  const process = keyplane(args, { settings });
  const { code } = await process.ended;
  if (code !== 0) throw new Error(`keyplane ${args.join(' ')}: ${process.stdout()}${process.stderr()}`);
}
