import type { Command } from 'commander';
import type { KeyUsage } from '../../clients/typescript/src/index.ts';
import { timeAndDistance } from '../runtime/time-text.ts';
import { projectCommand } from './client-command.ts';
import { allItems } from './session/all-items.ts';
import { connectToProject, type ProjectFlags } from './session/connection.ts';
import { type ListOutput, showList } from './terminal/output.ts';
import { listFormats } from './terminal/output-format.ts';

interface UsageFlags extends ProjectFlags {
  readonly app?: string;
  readonly ring?: string;
  readonly jwk?: string;
  readonly from?: string;
  readonly to?: string;
  readonly page?: string;
  readonly size?: string;
}

const view: ListOutput<KeyUsage> = {
  columns: [
    { head: 'APPLICATION', value: userOf },
    { head: 'KEY RING', value: ({ keyRingName }) => keyRingName },
    { head: 'JWK', value: ({ jwkName }) => jwkName },
    { head: 'OPERATION', value: ({ operation }) => operation },
    { head: 'OUTCOME', value: ({ outcome }) => outcome },
    { head: 'COUNT', value: ({ count }) => count },
    { head: 'LAST USED', value: ({ lastUsedAt }) => timeAndDistance(lastUsedAt) },
  ],
  name: ({ jwkName }) => jwkName,
};

function userOf({ applicationName, outletName }: KeyUsage): string {
  return applicationName ?? (outletName === undefined ? 'deleted' : `outlet ${outletName}`);
}

/** `keyplane usage`: which application used which key for what. */
export function addUsageCommand(program: Command): void {
  projectCommand(program, {
    usage: 'usage',
    summary: 'Show which application used which key for what, as nodes reported it',
    examples: ['usage', 'usage --ring api-signing', 'usage --app billing --from 2026-11-01 --to 2026-11-30'],
    formats: listFormats,
  })
    .option('--app <NAME>', 'only by this application')
    .option('--ring <NAME>', 'only of keys of this key ring')
    .option('--jwk <NAME>', 'only of this JWK')
    .option('--from <DATE>', 'from this day on, in UTC')
    .option('--to <DATE>', 'up to this day, included')
    .option('--page <NUMBER>', 'one page instead of all; the first is 1')
    .option('--size <NUMBER>', 'items per page, 1 to 100')
    .action(async (flags: UsageFlags) => {
      const { client, projectName } = await connectToProject(flags);
      const { app: applicationName, ring: keyRingName, jwk: jwkName, from, to } = flags;
      const filters = { applicationName, keyRingName, jwkName, from, to };
      const answer = await allItems(flags, (query) =>
        client.listUsage({ projectName, ...filters, ...query }),
      );
      showList(flags, answer, view);
    });
}
