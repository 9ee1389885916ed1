import type { Command } from 'commander';
import type { KeyRingRotation } from '../../../clients/typescript/src/index.ts';
import { timeAndDistance } from '../../runtime/time-text.ts';
import { deployingCommand, projectCommand, type WaitFlags } from '../client-command.ts';
import { exitCode } from '../failure.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { isWaiting, poll, waitTimeoutMs } from '../session/wait-for-nodes.ts';
import { show } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { waitingText } from './ring-text.ts';

interface ActivateFlags extends ProjectFlags, WaitFlags {
  readonly kid: string;
  readonly force?: boolean;
  readonly reason?: string;
}

export function addRingRotate(ring: Command): void {
  deployingCommand(ring, {
    usage: 'rotate <NAME>',
    summary: 'Activate the next key as soon as verifiers have it; exit code 5 until then',
    examples: ['ring rotate api-signing', 'ring rotate api-signing --wait --wait-timeout 10m'],
    completes: ['key rings'],
  }).action(async (name: string, flags: ProjectFlags & WaitFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const of = { projectName, ringName: name };
    const answer = await withProgress('Rotating the key ring', client.rotateKeyRing({ ...of, body: {} }));
    await showActivation(flags, answer, {
      name,
      isDone: async () => {
        const [found] = (await client.getKeyRing(of)).resultList;
        return found?.state === 'STEADY';
      },
    });
  });
}

export function addRingActivate(ring: Command): void {
  deployingCommand(ring, {
    usage: 'activate <NAME>',
    summary: 'Activate a key by its kid: the next one, or a retiring one to roll back',
    examples: [
      'ring activate api-signing --kid k2',
      'ring activate api-signing --kid k2 --force --reason "the key before is lost"',
    ],
    completes: ['key rings'],
  })
    .requiredOption('--kid <KID>', 'the kid of the key')
    .option('--force', 'also where verifiers may not know it yet; needs --reason')
    .option('--reason <TEXT>', 'for the audit log')
    .action(async (name: string, { kid, force, reason, ...flags }: ActivateFlags) => {
      const { client, projectName } = await connectToProject(flags);
      const of = { projectName, ringName: name };
      const work = client.activateKey({ ...of, body: { kid, force, reason } });
      await showActivation(flags, await withProgress('Activating the key', work), {
        name,
        isDone: async () => {
          const [found] = (await client.getKeyRing(of)).resultList;
          return found?.members.some((member) => member.kid === kid && member.state === 'ACTIVE') === true;
        },
      });
    });
}

async function showActivation(
  flags: ProjectFlags & WaitFlags,
  answer: KeyRingRotation,
  { name, isDone }: { readonly name: string; readonly isDone: () => Promise<boolean> },
): Promise<void> {
  const isPending = answer.waitingFor.length > 0;
  const isActivated =
    !isPending ||
    (isWaiting(flags) &&
      (await withProgress(
        'Waiting for the activation',
        poll(isDone, (done) => done, waitTimeoutMs(flags)),
      )));
  show(flags, answer, {
    table: () =>
      isActivated
        ? `Key ring ${name} has a new active key\n`
        : `Accepted: the key becomes active ${whenText(answer.activatesAt)}\n${waitingText(answer.waitingFor)}`,
  });
  if (!isActivated || !answer.deploymentResult.success) process.exitCode = exitCode.notDeployed;
}

function whenText(activatesAt: string | null): string {
  return activatesAt === null ? 'once nothing is waited for' : `at ${timeAndDistance(activatesAt)}`;
}

export function addRingHold(ring: Command): void {
  projectCommand(ring, {
    usage: 'hold <NAME>',
    summary: 'Suspend scheduled rotation; keys still retire',
    examples: ['ring hold api-signing'],
    completes: ['key rings'],
  }).action(async (name: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.holdKeyRing({ projectName, ringName: name, body: {} });
    show(flags, answer, { table: () => `Key ring ${name} is held\n` });
  });
}

export function addRingResume(ring: Command): void {
  projectCommand(ring, {
    usage: 'resume <NAME>',
    summary: 'Resume scheduled rotation',
    examples: ['ring resume api-signing'],
    completes: ['key rings'],
  }).action(async (name: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.resumeKeyRing({ projectName, ringName: name, body: {} });
    show(flags, answer, { table: () => `Key ring ${name} rotates again\n` });
  });
}
