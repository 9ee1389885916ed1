import type { Command } from 'commander';
import type { GenerateJwk } from '../../../clients/typescript/src/index.ts';
import { curveTypeName, keyTypeMember, keyTypeName } from '../../jose/key-type-name.ts';
import { generatedKeyTypes, type KeyType, keyTypeInfo, keyTypes } from '../../jose/key-types.ts';
import { alternatives } from '../../jose/shown.ts';
import { deployingCommand, type WaitFlags } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { choiceOption, futureTimeOption, wholeNumberOption } from '../flag-values.ts';
import { useOption, useTypeOf } from '../jwk-source/choose-algorithm.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { withProgress } from '../terminal/progress.ts';

import { type AllowanceFlags, addAllowanceOptions, allowancesOf } from './allowance-flags.ts';

interface GenerateFlags extends ProjectFlags, WaitFlags, AllowanceFlags {
  readonly type: string;
  readonly description?: string;
  readonly size?: number;
  readonly curve?: string;
  readonly use?: 'sig' | 'enc';
  readonly algorithm?: string;
  readonly kid?: string;
  readonly kidType?: string;
  readonly notBefore?: string;
  readonly expires?: string;
}

const generated = keyTypes.filter((kty) => generatedKeyTypes.some((one) => one === kty));
const sized = generated.filter((kty) => keyTypeInfo(kty).generation?.parameter === 'keySize');
const curved = generated.filter((kty) => keyTypeInfo(kty).generation?.parameter === 'curveType');
const named = generated.filter((kty) => keyTypeInfo(kty).generation?.parameter === 'algorithm');
const kidTypes = ['TIMESTAMP', 'SHA256', 'SHA1', 'ISO_DATE', 'NONE'] as const;

function valuesOf(kty: KeyType): readonly (number | string)[] {
  return keyTypeInfo(kty).generation?.values ?? [];
}

/** `RSA 2048, 3072 or 4096` */
function sizesOf(kty: KeyType): string {
  const values = valuesOf(kty);
  const sizes = values.length > 3 ? `${values.at(0)} to ${values.at(-1)}` : alternatives(values);
  return `${keyTypeName(kty)} ${sizes}`;
}

export function addJwkGenerate(jwk: Command): void {
  const command = deployingCommand(jwk, {
    usage: 'generate <NAME>',
    summary: 'Generate a key at the manager and deploy it; its private key can stay there',
    examples: [
      'jwk generate orders --type EC --curve P-256',
      'jwk generate payments --type RSA --size 3072 --algorithm PS256 --expires 180d --wait',
      'jwk generate sessions --type OCT --size 256 --algorithm HS256',
      'jwk generate mail --type OKP --curve X25519 --use enc',
      'jwk generate tokens --type AKP --algorithm ML-DSA-65',
    ],
  })
    .addOption(choiceOption('--type <TYPE>', 'key type', generated.map(keyTypeName)).makeOptionMandatory())
    .addOption(wholeNumberOption('--size <BITS>', sized.map(sizesOf).join('; '), { least: 1, most: 999_999 }))
    .addOption(
      choiceOption(
        '--curve <CURVE>',
        `of ${alternatives(curved.map(keyTypeName))}`,
        curved.flatMap(curvesOf),
      ),
    )
    .addOption(useOption('use of the key (default: sig)'))
    .option(
      '--algorithm <ALGORITHM>',
      `such as ES256 (default: the first that fits; required with ${alternatives(named.map(keyTypeName))})`,
    )
    .option('--kid <KID>', 'the kid')
    .addOption(choiceOption('--kid-type <TYPE>', 'how the kid is made', kidTypes))
    .addOption(futureTimeOption('--not-before <TIME>', 'ISO 8601, or from now such as 2d (default: now)'))
    .addOption(futureTimeOption('--expires <TIME>', 'ISO 8601, or from now such as 90d (default: in a year)'))
    .option('--description <TEXT>', 'free text');
  addAllowanceOptions(command).action(async (name: string, flags: GenerateFlags) => {
    const given = {
      name,
      description: flags.description,
      kid: flags.kid,
      ...parametersOf(flags),
      ...allowancesOf(flags),
    };
    const body = unchecked<GenerateJwk>(given);
    const { client, projectName } = await connectToProject(flags);
    const work = client.generateJwk({ projectName, body });
    const answer = await withProgress('Generating and deploying the key', work);
    await showDeployed(client, flags, { answer, done: `Generated JWK ${name}` });
  });
}

function curvesOf(kty: KeyType): readonly string[] {
  return valuesOf(kty).map(String);
}

/** `{ type: 'EC', ec: { … } }` */
function parametersOf(flags: GenerateFlags) {
  const kty = generated.find((one) => keyTypeName(one) === flags.type);
  if (kty === undefined) throw wrongUsage(`--type ${flags.type} is not known`);
  requireFittingParameter(kty, flags);
  const parameters = {
    keySize: flags.size,
    curveType: flags.curve === undefined ? undefined : curveTypeName(flags.curve),
    keyUseType: useTypeOf(flags.use),
    algorithm: flags.algorithm,
    keyIdType: flags.kidType,
    notBeforeTime: flags.notBefore,
    expirationTime: flags.expires,
  };
  return { type: flags.type, [keyTypeMember(kty)]: parameters };
}

/** @throws CliFailure for a size, curve or algorithm that is missing, or that keys of this type do not have */
function requireFittingParameter(kty: KeyType, { size, curve, algorithm }: GenerateFlags): void {
  const type = keyTypeName(kty);
  const values = valuesOf(kty).join(', ');
  if (named.includes(kty)) {
    const other = size === undefined ? curve && '--curve' : '--size';
    if (other) throw wrongUsage(`${other} does not go with --type ${type}: give --algorithm`);
    if (algorithm === undefined)
      throw wrongUsage(`--algorithm is required with --type ${type}. Valid values: ${values}`);
    return;
  }
  if (curved.includes(kty)) {
    if (size !== undefined) throw wrongUsage(`--size does not go with --type ${type}: give --curve`);
    if (curve === undefined)
      throw wrongUsage(`--curve is required with --type ${type}. Valid values: ${values}`);
    if (!curvesOf(kty).includes(curve)) {
      throw wrongUsage(`--curve ${curve} does not go with --type ${type}. Valid values: ${values}`);
    }
    return;
  }
  if (curve !== undefined) throw wrongUsage(`--curve does not go with --type ${type}: give --size`);
  if (size === undefined) throw wrongUsage(`--size is required with --type ${type}. Valid values: ${values}`);
  if (!valuesOf(kty).includes(size)) {
    throw wrongUsage(`--size ${size} does not go with --type ${type}. Valid values: ${values}`);
  }
}
