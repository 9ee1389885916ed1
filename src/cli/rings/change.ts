import type { Command } from 'commander';
import type { CreateKeyRing, JwkAdoption } from '../../../clients/typescript/src/index.ts';
import { addConfirmOption, type ConfirmFlags, deployingCommand, type WaitFlags } from '../client-command.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { withProgress } from '../terminal/progress.ts';
import { confirm } from '../terminal/prompt.ts';
import {
  addKeyOptions,
  addPolicyOptions,
  type KeyFlags,
  type PolicyFlags,
  policyOf,
  ringKeyBody,
} from './policy-flags.ts';

interface ChangeFlags extends ProjectFlags, WaitFlags, PolicyFlags, KeyFlags {
  readonly description?: string;
}

export function addRingCreate(ring: Command): void {
  const command = deployingCommand(ring, {
    usage: 'create <NAME>',
    summary: 'Create a key ring and deploy its first key',
    examples: [
      'ring create api-signing --type EC --curve P-256',
      'ring create api-signing --type RSA --size 3072 --algorithm PS256 --rotation-interval 30d --verifier-cache-time 1h',
      'ring create sessions --type OCT --size 256 --algorithm HS256 --rotation-interval none',
    ],
  }).option('--description <TEXT>', 'free text');
  addPolicyOptions(addKeyOptions(command)).action(async (name: string, flags: ChangeFlags) => {
    const body = { name, description: flags.description, ...ringKeyBody(flags), ...policyOf(flags) };
    const { client, projectName } = await connectToProject(flags);
    const work = client.createKeyRing({ projectName, body: unchecked<CreateKeyRing>(body) });
    const answer = await withProgress('Creating the key ring', work);
    await showDeployed(client, flags, { answer, done: `Created key ring ${name}` });
  });
}

export function addRingUpdate(ring: Command): void {
  const command = deployingCommand(ring, {
    usage: 'update <NAME>',
    summary:
      'Change the policy of a key ring; what is left out stays. A changed algorithm applies to the next key',
    examples: [
      'ring update api-signing --rotation-interval 30d',
      'ring update api-signing --type RSA --size 4096 --wait',
    ],
    completes: ['key rings'],
  }).option('--description <TEXT>', 'free text');
  addPolicyOptions(addKeyOptions(command)).action(async (name: string, flags: ChangeFlags) => {
    const { description } = flags;
    const body = {
      ...(description !== undefined && { description }),
      ...ringKeyBody(flags),
      ...policyOf(flags),
    };
    const { client, projectName } = await connectToProject(flags);
    const work = client.updateKeyRing({ projectName, ringName: name, body: unchecked(body) });
    const answer = await withProgress('Changing the key ring', work);
    await showDeployed(client, flags, { answer, done: `Changed key ring ${name}` });
  });
}

export function addRingAdopt(ring: Command): void {
  const command = deployingCommand(ring, {
    usage: 'adopt <JWK>',
    summary: 'Make a JWK that nodes have the first key of a new key ring; it keeps its name and kid',
    examples: ['ring adopt orders --ring orders-signing --rotation-interval 90d'],
    completes: ['jwks'],
  }).requiredOption('--ring <NAME>', 'name of the new key ring');
  addPolicyOptions(command).action(
    async (jwkName: string, flags: ChangeFlags & { readonly ring: string }) => {
      const body = { ringName: flags.ring, ...policyOf(flags) };
      const { client, projectName } = await connectToProject(flags);
      const work = client.adoptJwk({ projectName, jwkName, body: unchecked<JwkAdoption>(body) });
      const answer = await withProgress('Creating the key ring', work);
      await showDeployed(client, flags, {
        answer,
        done: `Created key ring ${flags.ring} with JWK ${jwkName}`,
      });
    },
  );
}

interface DeleteFlags extends ProjectFlags, ConfirmFlags, WaitFlags {
  readonly force?: boolean;
  readonly reason?: string;
}

export function addRingDelete(ring: Command): void {
  const command = deployingCommand(ring, {
    usage: 'delete <NAME>',
    summary: 'Delete a key ring with its keys',
    examples: ['ring delete api-signing', 'ring delete api-signing --force --reason "the issuer was closed"'],
    completes: ['key rings'],
  })
    .option('--force', 'also where a key may still be needed; needs --reason')
    .option('--reason <TEXT>', 'for the audit log');
  addConfirmOption(command).action(async (name: string, flags: DeleteFlags) => {
    const { client, projectName } = await connectToProject(flags);
    await confirm(`Delete key ring ${name} of project ${projectName} and undeploy its keys?`, flags.yes);
    const { force, reason } = flags;
    const query = { ...(force && { force: 'true' as const }), ...(reason !== undefined && { reason }) };
    const work = client.deleteKeyRing({ projectName, ringName: name, ...query });
    const answer = await withProgress('Deleting the key ring', work);
    await showDeployed(client, flags, { answer, done: `Deleted key ring ${name}`, verb: 'undeploy' });
  });
}
