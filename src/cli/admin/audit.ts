import { type Command, Option } from 'commander';
import { clientCommand } from '../client-command.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { auditTable } from '../terminal/audit-table.ts';
import { show } from '../terminal/output.ts';

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
    summary: 'Show the audit record, newest first, a page at a time',
    examples: [
      'audit',
      'audit --actor alice --outcome DENIED',
      'audit --action jwk.reveal --from 2026-11-01T00:00:00Z --json',
    ],
  })
    .option('--actor <USERNAME>', 'what this user did')
    .option('--action <ACTION>', 'noun and verb, such as jwk.create')
    .option('--object-type <TYPE>', 'such as jwk')
    .option('--object-name <NAME>', 'what was done with this one')
    .option('-p, --project <NAME>', 'what was done in this project')
    .addOption(new Option('--outcome <OUTCOME>', 'how it ended').choices(['SUCCESS', 'DENIED', 'FAILURE']))
    .option('--from <TIME>', 'ISO 8601')
    .option('--to <TIME>', 'ISO 8601')
    .option('--page <NUMBER>', '1 is the newest', '1')
    .option('--size <NUMBER>', 'items a page, 1 to 100', '50')
    .action(async (flags: AuditFlags) => {
      const { client } = await connect(flags);
      const {
        actor,
        action,
        objectType,
        objectName,
        project: projectName,
        outcome,
        from,
        to,
        page,
        size,
      } = flags;
      const query = { actor, action, objectType, objectName, projectName, outcome, from, to, page, size };
      const answer = await client.listAudit(query);
      show(flags, answer, () => auditTable(answer.resultList));
    });
}
