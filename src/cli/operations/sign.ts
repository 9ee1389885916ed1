import type { Command } from 'commander';
import { wrongUsage } from '../failure.ts';
import { durationOption } from '../flag-values.ts';
import { readJsonInput } from '../terminal/input.ts';
import { show } from '../terminal/output.ts';
import { callNode, type NodeOperationFlags, nodeOperationCommand } from './call-node.ts';
import { objectText, readGivenContent, requireFreeStdin, serializationOption } from './operation-input.ts';

interface SignFlags extends NodeOperationFlags {
  readonly claims?: string;
  readonly payload?: string;
  readonly lifetime?: string;
  readonly serialization?: string;
  readonly header?: string;
  readonly detached?: boolean;
  readonly unencoded?: boolean;
}

interface SignAnswer {
  readonly jws: string | object;
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
      'sign --ring payments --payload @payment.json --detached --unencoded',
    ],
  })
    .option('--claims <JSON>', 'the claims of a JWT: JSON, @FILE, or - to read standard input')
    .option(
      '--payload <FILE>',
      'any content: @FILE, or - to read standard input. A JSON object needs SIGN_RAW on a key ring',
    )
    .addOption(
      durationOption('--lifetime <DURATION>', 'until the token expires (default: 5m, or less by policy)'),
    )
    .addOption(serializationOption())
    .option('--header <JSON>', 'typ, cty and parameters of your own for a payload: JSON or @FILE')
    .option('--detached', 'leave the payload out of the result')
    .option('--unencoded', 'sign the payload as it is (RFC 7797), with --detached')
    .action(async (flags: SignFlags) => {
      const answer = await callNode<SignAnswer>('sign', flags, await bodyOf(flags));
      show(flags, answer, { table: () => objectText(answer.jws) });
    });
}

async function bodyOf(flags: SignFlags): Promise<object> {
  const { claims, payload, lifetime, serialization, header, detached, unencoded } = flags;
  const hasUsedStdin = flags.tokenStdin === true;
  if ((claims === undefined) === (payload === undefined)) {
    throw wrongUsage('Exactly one of --claims and --payload is required');
  }
  const form = { serialization, detached, ...(unencoded && { b64: false }) };
  if (payload === undefined) {
    if (claims === '-') requireFreeStdin(hasUsedStdin);
    return { claims: await readJsonInput(claims ?? '', '--claims'), lifetime, ...form };
  }
  if (lifetime !== undefined) throw wrongUsage('--lifetime goes with --claims: a payload does not expire');
  const bytes = await readGivenContent(payload, hasUsedStdin);
  return {
    payloadBase64: bytes.toString('base64'),
    header: header === undefined ? undefined : await readJsonInput(header, '--header'),
    ...form,
  };
}
