import type { Command } from 'commander';
import type { GenerateJwk } from '../../../clients/typescript/src/index.ts';
import { curveTypeName, keyTypeMember, keyTypeName } from '../../jose/key-type-name.ts';
import { generatedKeyTypes, type KeyType, keyTypeInfo, keyTypes } from '../../jose/key-types.ts';
import { alternatives } from '../../jose/shown.ts';
import { projectCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { useTypeOf } from '../jwk-source/choose-algorithm.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment.ts';
import { withProgress } from '../terminal/progress.ts';

interface GenerateFlags extends ProjectFlags {
  readonly type: string;
  readonly description?: string;
  readonly size?: string;
  readonly curve?: string;
  readonly use?: string;
  readonly algorithm?: string;
  readonly kid?: string;
  readonly kidType?: string;
  readonly notBefore?: string;
  readonly expires?: string;
}

const generated = keyTypes.filter((kty) => generatedKeyTypes.some((one) => one === kty));
const typeNames = alternatives(generated.map(keyTypeName));
const sized = generated.filter((kty) => keyTypeInfo(kty).generation?.parameter === 'keySize');
const curved = generated.filter((kty) => keyTypeInfo(kty).generation?.parameter === 'curveType');

/** `RSA 2048, 3072 or 4096` */
function sizesOf(kty: KeyType): string {
  const values = keyTypeInfo(kty).generation?.values ?? [];
  const sizes = values.length > 3 ? `${values.at(0)} to ${values.at(-1)}` : alternatives(values);
  return `${keyTypeName(kty)} ${sizes}`;
}

function curvesOf(kty: KeyType): string {
  return [...(keyTypeInfo(kty).curves?.table.keys() ?? [])].join(', ');
}

export function addJwkGenerate(jwk: Command): void {
  projectCommand(jwk, {
    usage: 'generate <NAME>',
    summary: 'Generate a key at the manager and deploy it; its private half need never leave it',
    examples: [
      'jwk generate orders --type EC --curve P-256',
      'jwk generate payments --type RSA --size 3072 --algorithm PS256 --expires 2027-11-30T00:00:00Z',
      'jwk generate sessions --type OCT --size 256 --algorithm HS256',
      'jwk generate mail --type OKP --curve X25519 --use enc',
    ],
  })
    .requiredOption('--type <TYPE>', typeNames)
    .option('--size <BITS>', sized.map(sizesOf).join('; '))
    .option('--curve <CURVE>', curved.map(curvesOf).join('; '))
    .option('--use <USE>', 'sig or enc (default sig)')
    .option('--algorithm <ALGORITHM>', 'such as ES256 (default: the first that fits)')
    .option('--kid <KID>', 'the kid')
    .option('--kid-type <TYPE>', 'how a kid is made: TIMESTAMP, SHA256, SHA1, ISO_DATE or NONE')
    .option('--not-before <TIME>', 'ISO 8601 (default now)')
    .option('--expires <TIME>', 'ISO 8601 (default a year later)')
    .option('--description <TEXT>', 'for people to read')
    .action(async (name: string, flags: GenerateFlags) => {
      const given = { name, description: flags.description, kid: flags.kid, ...keyPlan(flags) };
      const body = unchecked<GenerateJwk>(given);
      const { client, projectName } = await connectToProject(flags);
      const work = client.generateJwk({ projectName, body });
      const answer = await withProgress('Generating the key and bringing it to the nodes', work);
      showDeployed(flags, answer, `Generated JWK ${name}`);
    });
}

/** `{ type: 'EC', ec: { … } }` */
function keyPlan(flags: GenerateFlags) {
  const type = flags.type.toUpperCase();
  const kty = generated.find((one) => keyTypeName(one) === type);
  if (kty === undefined) throw wrongUsage(`--type takes ${typeNames}, not ${flags.type}`);
  const isCurve = curved.includes(kty);
  const names = (types: readonly KeyType[]) => types.map(keyTypeName).join(' and ');
  if (isCurve && flags.size !== undefined)
    throw wrongUsage(`--size is for ${names(sized)}: ${type} takes --curve`);
  if (!isCurve && flags.curve !== undefined)
    throw wrongUsage(`--curve is for ${names(curved)}: ${type} takes --size`);
  if (flags.size !== undefined && !/^\d{1,6}$/.test(flags.size))
    throw wrongUsage('--size takes a number of bits');
  const plan = {
    keySize: flags.size === undefined ? undefined : Number(flags.size),
    // P-256 and Ed25519, as everybody writes them, are P256 and ED25519 there.
    curveType: flags.curve === undefined ? undefined : curveTypeName(flags.curve),
    keyUseType: useTypeOf(flags.use),
    algorithm: flags.algorithm,
    keyIdType: flags.kidType,
    notBeforeTime: flags.notBefore,
    expirationTime: flags.expires,
  };
  return { type, [keyTypeMember(kty)]: plan };
}
