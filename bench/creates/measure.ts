// What a create costs, for a look at it: `node bench/creates/measure.ts [postgres] [rsa] [clients=16] [nodes=1] [profile]`.
// Processor time of the manager and of its nodes, statements and their texts, and where the time of the manager goes.

import process from 'node:process';
import { withPostgres } from '../support/with-postgres.ts';
import { createWorld } from './create-world.ts';
import { partsOf } from './profile-parts.ts';

const args = process.argv.slice(2);
const numberOf = (name: string, otherwise: number) =>
  Number(args.find((arg) => arg.startsWith(`${name}=`))?.split('=')[1] ?? otherwise);

async function measure(databaseUrl?: string): Promise<void> {
  const [clients, nodes] = [numberOf('clients', 1), numberOf('nodes', 1)];
  const key = args.find((arg) => arg === 'rsa' || arg === 'generated') ?? 'pasted';
  const creates = numberOf('creates', key === 'rsa' ? 200 : 400);
  const world = await createWorld({ nodes, clients, databaseUrl });
  try {
    const load = { key: key as 'pasted', clients, creates };
    await world.create({ ...load, creates: numberOf('warm', 600) });
    for (let round = 0; round < numberOf('rounds', 3); round += 1) {
      const { managerMs, nodeMs, statements, perSecond } = await world.create(load);
      process.stdout.write(
        `manager ${managerMs.toFixed(2)} ms, nodes ${nodeMs.toFixed(2)} ms, ${statements.toFixed(1)} statements, ${perSecond.toFixed(0)} /s\n`,
      );
    }
    if (args.includes('statements')) {
      for (const text of await world.statementsOfOne(load)) process.stdout.write(`  ${text.slice(0, 230)}\n`);
    }
    if (args.includes('profile')) {
      const { shares, functions } = partsOf(await world.profile(load));
      for (const [part, share] of shares) process.stdout.write(`${(share * 100).toFixed(1)} % ${part}\n`);
      for (const [name, share] of functions.slice(0, numberOf('functions', 60))) {
        process.stdout.write(`  ${(share * 100).toFixed(2)} % ${name}\n`);
      }
    }
  } finally {
    await world.close();
  }
}

if (args.includes('postgres')) await withPostgres(({ url }) => measure(url));
else await measure();
