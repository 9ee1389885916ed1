import type { Command } from 'commander';
import type { Revocation } from '../../../clients/typescript/src/index.ts';
import { timeAndDistance } from '../../runtime/time-text.ts';
import {
  addConfirmOption,
  addWaitOptions,
  type ConfirmFlags,
  projectCommand,
  type WaitFlags,
} from '../client-command.ts';
import { exitCode, wrongUsage } from '../failure.ts';
import { choiceOption } from '../flag-values.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { isWaiting, poll, waitTimeoutMs } from '../session/wait-for-nodes.ts';
import { note, show } from '../terminal/output.ts';
import { documentFormats, isForProgram } from '../terminal/output-format.ts';
import { withProgress } from '../terminal/progress.ts';
import { confirm } from '../terminal/prompt.ts';
import { factLines, textTable } from '../terminal/table.ts';

const reasons = ['COMPROMISED', 'SUPERSEDED', 'UNSPECIFIED'] as const;

interface RevokeFlags extends ProjectFlags, ConfirmFlags, WaitFlags {
  readonly kid?: string;
  readonly all?: boolean;
  readonly reason: (typeof reasons)[number];
  readonly comment?: string;
}

export function addRingRevoke(ring: Command): void {
  const command = projectCommand(ring, {
    usage: 'revoke <NAME>',
    summary: 'Revoke a key everywhere; the next one becomes active. Exit code 5 while a node publishes it',
    examples: [
      'ring revoke api-signing --kid k1 --reason compromised',
      'ring revoke api-signing --all --reason compromised --comment "backup tape lost" --wait',
    ],
    completes: ['key rings'],
    formats: documentFormats,
  })
    .option('--kid <KID>', 'the kid of the key')
    .option('--all', 'the active and the next key, for a thief who may have both')
    .addOption(choiceOption('--reason <REASON>', 'for the historical keys', reasons).makeOptionMandatory())
    .option('--comment <TEXT>', 'for the audit log');
  addConfirmOption(addWaitOptions(command)).action(async (name: string, flags: RevokeFlags) => {
    const { kid, all, reason, comment } = flags;
    if ((kid === undefined) === (all === undefined))
      throw wrongUsage('Exactly one of --kid and --all is required');
    const { client, projectName } = await connectToProject(flags);
    const what = kid === undefined ? 'the active and the next key' : `key ${kid}`;
    await confirm(
      `Revoke ${what} of key ring ${name}? No token signed with it is valid any more.`,
      flags.yes,
    );
    const body = { reason, comment, ...(kid === undefined ? { all: true as const } : { kid }) };
    const of = { projectName, ringName: name };
    const given = await withProgress('Revoking', client.revokeKey({ ...of, body }));
    const ask = async () => {
      const { revocationId } = given;
      return client.getRevocation({ ...of, revocationId });
    };
    const answer =
      given.nodesSafeAt === null && isWaiting(flags)
        ? await withProgress(
            'Waiting for nodes',
            poll(ask, ({ nodesSafeAt }) => nodesSafeAt !== null, waitTimeoutMs(flags)),
          )
        : given;
    showRevocation(flags, answer);
  });
}

export function addRingRevocation(ring: Command): void {
  projectCommand(ring, {
    usage: 'revocation <NAME> <ID>',
    summary: 'Show which nodes have carried out a revocation, and from when verifiers are safe',
    examples: ['ring revocation api-signing 01a227fc-e0ee-703f-9d9c-15b69942acab'],
    completes: ['key rings'],
    formats: documentFormats,
  }).action(async (name: string, revocationId: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    showRevocation(flags, await client.getRevocation({ projectName, ringName: name, revocationId }));
  });
}

function showRevocation(flags: ProjectFlags, answer: Revocation): void {
  show(flags, answer, { table: () => textOf(answer) });
  if (answer.nodesSafeAt !== null) return;
  process.exitCode = exitCode.notDeployed;
  if (!isForProgram(flags))
    note('The key is revoked. The manager retries until every node has unpublished it.');
}

function textOf(clock: Revocation): string {
  const facts = factLines([
    ['Revocation', clock.revocationId],
    ['Revoked', timeAndDistance(clock.revokedAt)],
    ['Nodes safe', clock.nodesSafeAt === null ? 'not yet' : timeAndDistance(clock.nodesSafeAt)],
    [
      'Verifiers safe',
      clock.verifiersSafeAt === null ? 'not known yet' : timeAndDistance(clock.verifiersSafeAt),
    ],
  ]);
  const safe = clock.safeNodes.map((node) => [
    node.environmentName,
    confirmerText(node),
    `after ${node.safeAfterMs} ms`,
  ]);
  const pending = clock.pendingNodes.map((node) => [
    node.environmentName,
    confirmerText(node),
    pendingText(node),
  ]);
  return `${facts}\n${textTable(['ENVIRONMENT', 'NODE', 'UNPUBLISHED'], [...pending, ...safe])}`;
}

function confirmerText({
  nodeName,
  outletName,
}: Pick<Revocation['safeNodes'][number], 'nodeName' | 'outletName'>): string | null {
  return outletName === undefined ? nodeName : `outlet ${outletName} (${nodeName ?? 'manager'})`;
}

function pendingText(node: Revocation['pendingNodes'][number]): string {
  const lastSeen = node.lastSeenAt === null ? 'never seen' : `last seen ${timeAndDistance(node.lastSeenAt)}`;
  const publishes =
    node.publishesUntil === null
      ? 'publishes it without limit'
      : `publishes it until ${timeAndDistance(node.publishesUntil)}`;
  const signs = node.signsUntil === null ? '' : `, signs until ${timeAndDistance(node.signsUntil)}`;
  return `no: ${lastSeen}, ${publishes}${signs}`;
}
