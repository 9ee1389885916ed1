import type { Command } from 'commander';
import { clientCommand } from '../client-command.ts';
import { choiceOption, pastTimeOption } from '../flag-values.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { showAudit } from '../terminal/audit-table.ts';
import { documentFormats } from '../terminal/output-format.ts';

interface AuditFlags extends ConnectionFlags {
  readonly actor?: string;
  readonly action?: string;
  readonly objectType?: string;
  readonly objectName?: string;
  readonly project?: string;
  readonly outcome?: 'SUCCESS' | 'DENIED' | 'FAILURE';
  readonly from?: string;
  readonly to?: string;
  readonly page: string;
  readonly size: string;
}

/** `keyplane audit`: who did what, newest first. */
export function addAuditCommand(program: Command): void {
  clientCommand(program, {
    usage: 'audit',
    summary: 'Show the audit log, newest first, one page at a time',
    examples: [
      'audit',
      'audit --actor alice --outcome DENIED',
      'audit --action jwk.reveal --from 24h',
      'audit --from 2026-11-01T00:00:00Z --output json',
    ],
    formats: documentFormats,
  })
    .option('--actor <USERNAME>', 'only records of this user')
    .option('--action <ACTION>', 'only this action, such as jwk.create')
    .option('--object-type <TYPE>', 'only this type of object, such as jwk')
    .option('--object-name <NAME>', 'only the object with this name')
    .option('-p, --project <NAME>', 'only records of this project')
    .addOption(choiceOption('--outcome <OUTCOME>', 'only this outcome', ['SUCCESS', 'DENIED', 'FAILURE']))
    .addOption(pastTimeOption('--from <TIME>', 'ISO 8601, or before now such as 24h'))
    .addOption(pastTimeOption('--to <TIME>', 'ISO 8601, or before now such as 1h'))
    .option('--page <NUMBER>', '1 is the newest', '1')
    .option('--size <NUMBER>', 'records per page, 1 to 100', '50')
    .action(async (flags: AuditFlags) => {
      const { client } = await connect(flags);
      const { actor, action, objectType, objectName, outcome, from, to, page, size } = flags;
      const filters = { actor, action, objectType, objectName, projectName: flags.project, outcome };
      showAudit(flags, await client.listAudit({ ...filters, from, to, page, size }));
    });
}
