import type { Command } from 'commander';
import type { Operations } from '../../../clients/typescript/src/index.ts';
import { clientCommand } from '../client-command.ts';
import { type ConnectionFlags, connect } from '../session/connection.ts';
import { auditTable } from '../terminal/audit-table.ts';
import { show } from '../terminal/output.ts';
import { dayOf, factLines, shortTime, textTable } from '../terminal/table.ts';

type Overview = Operations['getOverview']['answer'];

/** `keyplane status`: what there is, where it is, and what needs somebody to look at it. */
export function addStatusCommand(program: Command): void {
  clientCommand(program, {
    usage: 'status',
    summary: 'Show projects, environments with their nodes, what is about to expire and what fails',
    examples: ['status', 'status --profile production', 'status --json'],
  }).action(async (flags: ConnectionFlags) => {
    const { client, url } = await connect(flags);
    const [overview, session] = await Promise.all([client.getOverview(), client.getSession()]);
    show(flags, overview, () => {
      const facts = factLines([
        ['Manager', url],
        ['Signed in as', session.admin ? `${session.username} (administrator)` : session.username],
        ['Projects', overview.projects.map(({ name, jwks }) => `${name} (${jwks} JWKs)`).join(', ')],
        ['JWKs by type', counts(overview.jwksByType)],
        ['JWKs by use', counts(overview.jwksByUse)],
      ]);
      return facts + sections(overview);
    });
  });
}

function counts(numbers: Readonly<Record<string, number>>): string {
  const some = Object.entries(numbers).filter(([, count]) => count > 0);
  return some.map(([name, count]) => `${name} ${count}`).join(', ');
}

/** What there is nothing of has no table. */
function sections(overview: Overview): string {
  const nodes = overview.environments.flatMap(({ name, type, revision, nodes: all }) => {
    if (all.length === 0) return [[name, type, revision, null, 'no node']];
    return all.map((node) => [
      ...[name, type, revision, node.name, node.state, node.appliedRevision],
      ...[shortTime(node.lastSeenAt), node.reason],
    ]);
  });
  const expiring = overview.expiring.map((one) => [one.projectName, one.name, dayOf(one.expirationTime)]);
  const failing = overview.failingSources.map((one) => [
    ...[one.projectName, one.name, one.sourceState, shortTime(one.sourceStateSince), one.sourceStateReason],
  ]);
  const shared = overview.sharedKids.map((one) => [
    ...[one.kid, one.environmentName ?? 'project', jwksText(one.published), jwksText(one.leftOut)],
  ]);
  const nodeHead = ['ENVIRONMENT', 'TYPE', 'REVISION', 'NODE', 'STATE', 'HAS', 'LAST SEEN', 'REASON'];
  return [
    section('Nodes', nodeHead, nodes),
    section(`Expired or about to (${overview.expiringCount})`, ['PROJECT', 'JWK', 'EXPIRES'], expiring),
    section(
      `Failing sources (${overview.failingSourceCount})`,
      ['PROJECT', 'JWK', 'STATE', 'SINCE', 'REASON'],
      failing,
    ),
    section(
      `Kids that name different keys (${overview.sharedKidCount})`,
      ['KID', 'SET OF', 'PUBLISHED', 'LEFT OUT'],
      shared,
    ),
    overview.lastChanges.length > 0 ? `\nLast changes\n${auditTable(overview.lastChanges)}` : '',
  ].join('');
}

function section(title: string, head: readonly string[], rows: Parameters<typeof textTable>[1]): string {
  return rows.length > 0 ? `\n${title}\n${textTable(head, rows)}` : '';
}

function jwksText(jwks: Overview['sharedKids'][number]['published']): string {
  return jwks.map(({ projectName, name }) => `${projectName}/${name}`).join(', ');
}
