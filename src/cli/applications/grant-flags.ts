// Flags of `keyplane app` that say what an application may do.

import { type Command, InvalidArgumentError } from 'commander';
import type { Grant } from '../../../clients/typescript/src/index.ts';
import { grantOperations } from '../../protocol/content.ts';

type GrantOperation = Grant['operations'][number];

export interface GrantFlags {
  readonly sign?: readonly string[];
  readonly verify?: readonly string[];
  readonly signJwk?: readonly string[];
  readonly verifyJwk?: readonly string[];
  readonly issue?: readonly string[];
  readonly grant?: readonly Grant[];
}

const gather = (one: string, others: readonly string[] = []) => [...others, one];

export function addGrantOptions(command: Command): Command {
  return command
    .optionsGroup('Grants:')
    .option('--sign <RING>', 'it may sign with this key ring; repeatable', gather)
    .option('--verify <RING>', 'it may verify with this key ring; repeatable', gather)
    .option('--sign-jwk <JWK>', 'it may sign with this JWK, which belongs to no key ring; repeatable', gather)
    .option('--verify-jwk <JWK>', 'it may verify with this JWK; repeatable', gather)
    .option('--issue <PROFILE>', 'it may have tokens of this token profile issued; repeatable', gather)
    .option(
      '--grant <KIND:NAME=OPERATIONS>',
      `any other grant: ring, jwk or profile, and ${grantOperations.join(', ')} in any case, with commas. @RATE limits each node to RATE operations a second, /BURST at once: ring:orders=sign,verify@50/100. Repeatable`,
      (one: string, others: readonly Grant[] = []) => [...others, grantOf(one)],
    )
    .optionsGroup('Options:');
}

/** All that are given; those of one key by the short flags are one grant. */
export function givenGrants(flags: GrantFlags): readonly Grant[] {
  const { sign = [], verify = [], signJwk = [], verifyJwk = [], issue = [], grant = [] } = flags;
  return [
    ...operationsByName(sign, verify).map(({ name, operations }) => ({ keyRingName: name, operations })),
    ...operationsByName(signJwk, verifyJwk).map(({ name, operations }) => ({ jwkName: name, operations })),
    ...issue.map((tokenProfileName) => ({ tokenProfileName, operations: ['ISSUE' as const] })),
    ...grant,
  ];
}

function operationsByName(sign: readonly string[], verify: readonly string[]) {
  return [...new Set([...sign, ...verify])].map((name) => {
    const operations: GrantOperation[] = [];
    if (sign.includes(name)) operations.push('SIGN');
    if (verify.includes(name)) operations.push('VERIFY');
    return { name, operations };
  });
}

const members = { ring: 'keyRingName', jwk: 'jwkName', profile: 'tokenProfileName' } as const;
const pattern = /^(ring|jwk|profile):([^=:@/]+)=([\w,-]+)(?:@(\d+(?:\.\d+)?)(?:\/(\d+))?)?$/i;

function grantOf(text: string): Grant {
  const [, kind = '', name = '', operations = '', rate, burst] = pattern.exec(text) ?? [];
  if (kind === '') {
    throw new InvalidArgumentError(
      'KIND:NAME=OPERATIONS is accepted, such as ring:orders=sign,verify or profile:clients=issue@10/20.',
    );
  }
  return {
    [members[kind.toLowerCase() as keyof typeof members]]: name,
    operations: operations.split(',').map(operationOf),
    ...(rate !== undefined && { ratePerSecond: Number(rate) }),
    ...(burst !== undefined && { burst: Number(burst) }),
  };
}

function operationOf(text: string): GrantOperation {
  const wanted = text.toUpperCase().replaceAll('-', '_');
  const found = grantOperations.find((operation) => operation === wanted);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Valid operations: ${grantOperations.join(', ')}`);
}

/** `sign+verify orders`. */
export function grantText({ keyRingName, jwkName, tokenProfileName, operations }: Grant): string {
  return `${operations.join('+')} ${keyRingName ?? jwkName ?? tokenProfileName}`;
}
