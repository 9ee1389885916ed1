import type { Command } from 'commander';
import { exitCode, wrongUsage } from '../failure.ts';
import { durationOption } from '../flag-values.ts';
import { readInput } from '../terminal/input.ts';
import { show } from '../terminal/output.ts';
import { factLines } from '../terminal/table.ts';
import { callNode, type NodeOperationFlags, nodeOperationCommand } from './call-node.ts';

interface VerifyFlags extends NodeOperationFlags {
  readonly issuer?: string;
  readonly audience?: readonly string[];
  readonly clockSkew?: string;
}

interface VerifyAnswer {
  readonly valid: boolean;
  readonly reason?: string;
  readonly kid?: string;
  readonly keyState?: string;
  readonly claims?: object;
  readonly payloadBase64?: string;
  readonly asOf?: string | null;
}

/** `keyplane verify`: whether a node accepts a token. */
export function addVerifyCommand(program: Command): void {
  nodeOperationCommand(program, {
    usage: 'verify [JWS]',
    summary: 'Have a node verify a token; exit code 1 where it is not valid',
    examples: [
      'verify --node http://127.0.0.1:8084 --project MyProject --ring api-signing eyJhbGciOi…',
      'verify --ring api-signing --issuer https://id.example.com --audience orders @token.txt',
    ],
  })
    .option('--issuer <TEXT>', 'the iss that the token must have')
    .option(
      '--audience <TEXT>',
      'an aud that the token must have; repeatable, one of them is enough',
      (one: string, others: readonly string[] = []) => [...others, one],
    )
    .addOption(durationOption('--clock-skew <DURATION>', 'how far clocks may differ'))
    .action(async (given: string | undefined, flags: VerifyFlags) => {
      const { issuer, audience: audiences, clockSkew } = flags;
      const jws = await readToken(given, flags.tokenStdin === true);
      const answer = await callNode<VerifyAnswer>('verify', flags, { jws, issuer, audiences, clockSkew });
      show(flags, answer, { table: () => textOf(answer) });
      if (!answer.valid) process.exitCode = exitCode.failed;
    });
}

async function readToken(given: string | undefined, hasUsedStdin: boolean): Promise<string> {
  if (given !== undefined && given !== '-' && !given.startsWith('@')) return given;
  const path = given?.replace(/^@/, '') ?? '-';
  if (path === '-' && hasUsedStdin) {
    throw wrongUsage('Standard input has the token of the application already: give the JWS as an argument');
  }
  return (await readInput(path)).toString('utf8').trim();
}

function textOf({ valid, reason, kid, keyState, claims, payloadBase64, asOf }: VerifyAnswer): string {
  const facts = factLines([
    ['Valid', valid],
    ['Reason', reason],
    ['kid', kid],
    ['State of the key', keyState],
    ['Revocations as of', asOf],
    ['Payload (base64)', payloadBase64],
  ]);
  return claims === undefined ? facts : `${facts}\n${JSON.stringify(claims, null, 2)}\n`;
}
