import type { Command } from 'commander';
import type { Operations } from '../../clients/typescript/src/index.ts';
import { exactTimeText, timeAndDistance } from '../runtime/time-text.ts';
import { clientCommand } from './client-command.ts';
import { type ConnectionFlags, connect } from './session/connection.ts';
import { auditTable } from './terminal/audit-table.ts';
import { show } from './terminal/output.ts';
import { documentFormats } from './terminal/output-format.ts';
import { factLines, textTable } from './terminal/table.ts';

type Overview = Operations['getOverview']['answer'];

/** `keyplane status`: projects, nodes, and what needs attention. */
export function addStatusCommand(program: Command): void {
  clientCommand(program, {
    usage: 'status',
    summary: 'Show projects, environments with their nodes, keys that expire and sources that fail',
    examples: ['status', 'status --profile production', 'status --output json'],
    formats: documentFormats,
  }).action(async (flags: ConnectionFlags) => {
    const { client, url } = await connect(flags);
    const [overview, session] = await Promise.all([client.getOverview(), client.getSession()]);
    const text = (time: TimeText) => {
      const facts = factLines([
        ['Manager', url],
        ['Signed in as', session.admin ? `${session.username} (administrator)` : session.username],
        ['Projects', overview.projects.map(({ name, jwks }) => `${name} (${jwks} JWKs)`).join(', ')],
        ['JWKs by type', counts(overview.jwksByType)],
        ['JWKs by use', counts(overview.jwksByUse)],
      ]);
      return facts + sections(overview, time);
    };
    show(flags, overview, { table: () => text(timeAndDistance), wide: () => text(exactTimeText) });
  });
}

type TimeText = (instant: string | null) => string | null;

function counts(numbers: Readonly<Record<string, number>>): string {
  const some = Object.entries(numbers).filter(([, count]) => count > 0);
  return some.map(([name, count]) => `${name} ${count}`).join(', ');
}

/** Empty tables are left out. */
function sections(overview: Overview, time: TimeText): string {
  const nodes = overview.environments.flatMap(({ name, type, revision, nodes: all }) => {
    if (all.length === 0) return [[name, type, revision, null, 'no node']];
    return all.map((node) => [
      name,
      type,
      revision,
      node.name,
      node.state,
      node.appliedRevision,
      time(node.lastSeenAt),
      node.reason,
    ]);
  });
  const expiring = overview.expiring.map((one) => [one.projectName, one.name, time(one.expirationTime)]);
  const failing = overview.failingSources.map((one) => [
    one.projectName,
    one.name,
    one.sourceState,
    time(one.sourceStateSince),
    one.sourceStateReason,
  ]);
  const shared = overview.sharedKids.map((one) => [
    one.kid,
    one.environmentName ?? 'project',
    jwksText(one.published),
    jwksText(one.leftOut),
  ]);
  return [
    section(
      'Nodes',
      ['ENVIRONMENT', 'TYPE', 'REVISION', 'NODE', 'STATE', 'NODE REVISION', 'LAST SEEN', 'REASON'],
      nodes,
    ),
    section(
      titleOf('Expired or expiring within 30 days', overview.expiringCount, expiring.length),
      ['PROJECT', 'JWK', 'EXPIRES'],
      expiring,
    ),
    section(
      titleOf('Failing sources', overview.failingSourceCount, failing.length),
      ['PROJECT', 'JWK', 'STATE', 'SINCE', 'REASON'],
      failing,
    ),
    section(
      titleOf('Kids of several keys', overview.sharedKidCount, shared.length),
      ['KID', 'SET OF', 'PUBLISHED', 'LEFT OUT'],
      shared,
    ),
    overview.lastChanges.length > 0 ? `\nLast changes\n${auditTable(overview.lastChanges)}` : '',
  ].join('');
}

/** `Failing sources (28, the first 20)` */
function titleOf(title: string, count: number, shown: number): string {
  return `${title} (${count}${shown < count ? `, the first ${shown}` : ''})`;
}

function section(title: string, head: readonly string[], rows: Parameters<typeof textTable>[1]): string {
  return rows.length > 0 ? `\n${title}\n${textTable(head, rows)}` : '';
}

function jwksText(jwks: Overview['sharedKids'][number]['published']): string {
  return jwks.map(({ projectName, name }) => `${projectName}/${name}`).join(', ');
}
