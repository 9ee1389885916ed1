import type { Command } from 'commander';
import { wrongUsage } from '../failure.ts';
import { durationOption } from '../flag-values.ts';
import { readInput, readJsonInput } from '../terminal/input.ts';
import { show } from '../terminal/output.ts';
import { callNode, type NodeOperationFlags, nodeOperationCommand } from './call-node.ts';

interface SignFlags extends NodeOperationFlags {
  readonly claims?: string;
  readonly payload?: string;
  readonly lifetime?: string;
}

interface SignAnswer {
  readonly jws: string;
  readonly kid: string;
  readonly expiresAt?: string;
}

/** `keyplane sign`: a token, or the signature of a payload, made by a node. */
export function addSignCommand(program: Command): void {
  nodeOperationCommand(program, {
    usage: 'sign',
    summary: 'Have a node sign claims or a payload with the active key of a key ring',
    examples: [
      'sign --node http://127.0.0.1:8083 --project MyProject --ring api-signing --claims \'{"sub": "alice"}\'',
      'sign --socket /run/keyplane/operations.sock --ring api-signing --claims @claims.json --lifetime 10m',
      'sign --ring documents --payload @report.pdf',
    ],
  })
    .option('--claims <JSON>', 'the claims of a JWT: JSON, @FILE, or - to read standard input')
    .option('--payload <FILE>', 'anything but a JSON object: @FILE, or - to read standard input')
    .addOption(
      durationOption('--lifetime <DURATION>', 'until the token expires (default: 5m, or less by policy)'),
    )
    .action(async (flags: SignFlags) => {
      const answer = await callNode<SignAnswer>('sign', flags, await bodyOf(flags));
      show(flags, answer, { table: () => `${answer.jws}\n` });
    });
}

async function bodyOf({ claims, payload, lifetime, tokenStdin }: SignFlags): Promise<object> {
  if ((claims === undefined) === (payload === undefined)) {
    throw wrongUsage('Exactly one of --claims and --payload is required');
  }
  if (tokenStdin && (claims === '-' || payload === '-')) {
    throw wrongUsage('Standard input has the token already: give a file, or set KEYPLANE_APPLICATION_TOKEN');
  }
  if (payload !== undefined) {
    if (lifetime !== undefined) throw wrongUsage('--lifetime goes with --claims: a payload does not expire');
    const bytes = await readInput(payload.replace(/^@/, ''));
    return { payloadBase64: bytes.toString('base64') };
  }
  return { claims: await readJsonInput(claims ?? '', '--claims'), lifetime };
}
