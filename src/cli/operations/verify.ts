import type { Command } from 'commander';
import { exitCode } from '../failure.ts';
import { durationOption } from '../flag-values.ts';
import { readJsonInput } from '../terminal/input.ts';
import { show } from '../terminal/output.ts';
import { factLines } from '../terminal/table.ts';
import { callNode, type NodeOperationFlags, nodeOperationCommand } from './call-node.ts';
import { gather, readGivenContent, readGivenObject } from './operation-input.ts';

interface VerifyFlags extends NodeOperationFlags {
  readonly issuer?: string;
  readonly audience?: readonly string[];
  readonly algorithm?: readonly string[];
  readonly requiredClaim?: readonly string[];
  readonly prohibitedClaim?: readonly string[];
  readonly exactClaims?: string;
  readonly clockSkew?: string;
  readonly maxAge?: string;
  readonly tokenType?: string;
  readonly payload?: string;
  readonly signatureOnly?: boolean;
}

interface VerifyAnswer {
  readonly valid: boolean;
  readonly reason?: string;
  readonly claim?: string;
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
      'verify --ring payments --payload @payment.json --signature-only @signature.txt',
    ],
  })
    .option('--issuer <TEXT>', 'the iss that the token must have')
    .option('--audience <TEXT>', 'an aud that the token must have; repeatable, one of them is enough', gather)
    .option(
      '--algorithm <NAME>',
      'an algorithm that is accepted (default: that of the key); repeatable',
      gather,
    )
    .option('--required-claim <NAME>', 'a claim that the token must have; repeatable', gather)
    .option('--prohibited-claim <NAME>', 'a claim that the token must not have; repeatable', gather)
    .option('--exact-claims <JSON>', 'claims that must have exactly these values: JSON or @FILE')
    .addOption(durationOption('--clock-skew <DURATION>', 'how far clocks may differ'))
    .addOption(durationOption('--max-age <DURATION>', 'how long ago it may have been issued, by its iat'))
    .option('--token-type <TYPE>', 'the typ that the token must have, such as at+jwt')
    .option('--payload <FILE>', 'the payload of a detached JWS: @FILE, or - to read standard input')
    .option('--signature-only', 'judge the signature alone, also where the payload is a JSON object')
    .action(async (given: string | undefined, flags: VerifyFlags) => {
      const answer = await callNode<VerifyAnswer>('verify', flags, await bodyOf(given, flags));
      show(flags, answer, { table: () => textOf(answer) });
      if (!answer.valid) process.exitCode = exitCode.failed;
    });
}

async function bodyOf(given: string | undefined, flags: VerifyFlags): Promise<object> {
  const { issuer, audience: audiences, algorithm: algorithms, clockSkew, maxAge, tokenType } = flags;
  const { exactClaims, payload } = flags;
  const hasUsedStdin = flags.tokenStdin === true;
  const jws = await readGivenObject(given, hasUsedStdin || payload === '-');
  return {
    jws,
    payloadBase64:
      payload === undefined ? undefined : (await readGivenContent(payload, hasUsedStdin)).toString('base64'),
    as: flags.signatureOnly ? 'JWS' : undefined,
    issuer,
    audiences,
    algorithms,
    requiredClaims: flags.requiredClaim,
    prohibitedClaims: flags.prohibitedClaim,
    exactClaims: exactClaims === undefined ? undefined : await readJsonInput(exactClaims, '--exact-claims'),
    clockSkew,
    maxAge,
    tokenType,
  };
}

function textOf(answer: VerifyAnswer): string {
  const { valid, reason, claim, kid, keyState, claims, payloadBase64, asOf } = answer;
  const facts = factLines([
    ['Valid', valid],
    ['Reason', claim === undefined ? reason : `${reason} (${claim})`],
    ['kid', kid],
    ['State of the key', keyState],
    ['Revocations as of', asOf],
    ['Payload (base64)', payloadBase64],
  ]);
  return claims === undefined ? facts : `${facts}\n${JSON.stringify(claims, null, 2)}\n`;
}
