import type { Command } from 'commander';
import { type CommandSpec, projectCommand } from '../client-command.ts';
import { exitCode } from '../failure.ts';
import { durationOption } from '../flag-values.ts';
import { type NodeFlags, nodeCommand, postToNode } from '../operations/call-node.ts';
import { requireFreeStdin } from '../operations/operation-input.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { readJsonInput } from '../terminal/input.ts';
import { show } from '../terminal/output.ts';
import { documentFormats } from '../terminal/output-format.ts';
import { sanitize } from '../terminal/sanitize.ts';

interface RequestFlags {
  readonly claims?: string;
  readonly audience?: string;
  readonly subject?: string;
  readonly lifetime?: string;
}

function addRequestOptions(command: Command): Command {
  return command
    .option('--claims <JSON>', 'what the profile allows and requires: JSON, @FILE, or -')
    .option('--audience <TEXT>', 'one of the audiences of the profile')
    .option('--subject <TEXT>', 'the sub, where the profile has the caller give it')
    .addOption(durationOption('--lifetime <DURATION>', 'until the token expires'));
}

async function requestOf({ claims, audience, subject, lifetime }: RequestFlags) {
  return {
    claims: claims === undefined ? undefined : await readJsonInput(claims, '--claims'),
    audience,
    subject,
    lifetime,
  };
}

/** `keyplane token-profile issue`: a token, from a node. */
export function addTokenProfileIssue(group: Command): void {
  const spec: CommandSpec = {
    usage: 'issue <NAME>',
    summary: 'Have a node issue a token of a token profile',
    examples: [
      'token-profile issue partner-api --node http://127.0.0.1:8083 --claims \'{"scope": "read"}\'',
      'token-profile issue client-assertions --socket /run/keyplane/operations.sock --audience https://as.example.com/token',
    ],
    completes: ['token profiles'],
  };
  addRequestOptions(nodeCommand(group, spec)).action(
    async (name: string, flags: NodeFlags & RequestFlags) => {
      if (flags.claims === '-') requireFreeStdin(flags.tokenStdin === true);
      const path = ['token-profiles', name, 'tokens'];
      const answer = await postToNode<{ readonly token: string }>(flags, path, await requestOf(flags));
      show(flags, answer, { table: () => `${answer.token}\n` });
    },
  );
}

interface TryFlags extends ProjectFlags, RequestFlags {
  readonly caller?: string;
}

/** `keyplane token-profile try`: what a token would say, from the manager; nothing is signed. */
export function addTokenProfileTry(group: Command): void {
  const command = projectCommand(group, {
    usage: 'try <NAME>',
    summary: 'Show what a token of a token profile would say; nothing is signed',
    examples: [
      'token-profile try partner-api --claims \'{"scope": "read"}\'',
      'token-profile try partner-api --caller billing --lifetime 30m',
    ],
    completes: ['token profiles'],
    formats: documentFormats,
  }).option('--caller <NAME>', 'the caller, where the sub is of the caller (default: application)');
  addRequestOptions(command).action(async (tokenProfileName: string, flags: TryFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const body = unchecked<object>({ ...(await requestOf(flags)), caller: flags.caller });
    const answer = await client.tryTokenProfile({ projectName, tokenProfileName, body });
    show(flags, answer, {
      table: () =>
        answer.refused === undefined
          ? `${JSON.stringify(answer.header)}\n${JSON.stringify(answer.claims, null, 2)}\n`
          : `Refused: ${sanitize(answer.refused.error_description)}\n`,
    });
    if (answer.refused !== undefined) process.exitCode = exitCode.failed;
  });
}
