import type { Command } from 'commander';
import type { NewTokenProfile, TokenProfileChange } from '../../../clients/typescript/src/index.ts';
import { deployingCommand, type WaitFlags } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { choiceOption, durationOption } from '../flag-values.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { unchecked } from '../session/unchecked.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { readJsonInput } from '../terminal/input.ts';
import { withProgress } from '../terminal/progress.ts';

interface ProfileFlags extends ProjectFlags, WaitFlags {
  readonly description?: string;
  readonly ring?: string;
  readonly issuer?: string;
  readonly audience?: readonly string[];
  readonly audienceMode?: string;
  readonly lifetime?: string;
  readonly maxLifetime?: string;
  readonly notBefore?: string;
  readonly tokenType?: string;
  readonly subject?: string;
  readonly subjectFromCaller?: boolean;
  readonly subjectPattern?: string;
  readonly fixedClaims?: string;
  readonly allow?: readonly string[];
  readonly require?: readonly string[];
  readonly schema?: string;
  readonly encryptToRing?: string;
  readonly encryptToJwk?: string;
  readonly enc?: string;
}

const none = 'none';
const gather = (one: string, others: readonly string[] = []) => [...others, one];

export function addTokenProfileChanges(group: Command): void {
  const create = deployingCommand(group, {
    usage: 'create <NAME>',
    summary: 'Create a token profile and deploy it',
    examples: [
      'token-profile create partner-api --ring api-signing --issuer https://id.example.com --audience orders --allow scope',
      'token-profile create client-assertions --ring oauth-client --issuer our-client --subject our-client --audience https://as.example.com/token --audience-mode one-of --max-lifetime 5m',
      'token-profile create sealed --ring api-signing --issuer https://id.example.com --audience bank --encrypt-to-jwk bank-enc',
    ],
  });
  addProfileOptions(create).action(async (name: string, flags: ProfileFlags) => {
    const body = { name, ...(await membersOf(flags)) };
    const { client, projectName } = await connectToProject(flags);
    const work = client.createTokenProfile({ projectName, body: unchecked<NewTokenProfile>(body) });
    const answer = await withProgress('Creating the token profile', work);
    await showDeployed(client, flags, { answer, done: `Created token profile ${name}` });
  });
  const update = deployingCommand(group, {
    usage: 'update <NAME>',
    summary: 'Change a token profile; what is left out stays, but subject and claims are replaced as a whole',
    examples: [
      'token-profile update partner-api --max-lifetime 30m',
      'token-profile update partner-api --allow scope --require tenant --schema @claims.schema.json',
      'token-profile update sealed --encrypt-to-ring none --wait',
    ],
    completes: ['token profiles'],
  });
  addProfileOptions(update).action(async (tokenProfileName: string, flags: ProfileFlags) => {
    const body = unchecked<TokenProfileChange>(await membersOf(flags));
    const { client, projectName } = await connectToProject(flags);
    const work = client.updateTokenProfile({ projectName, tokenProfileName, body });
    const answer = await withProgress('Changing the token profile', work);
    await showDeployed(client, flags, { answer, done: `Changed token profile ${tokenProfileName}` });
  });
}

function addProfileOptions(command: Command): Command {
  return command
    .optionsGroup('Token:')
    .option('--ring <NAME>', 'the key ring that signs')
    .option('--issuer <TEXT>', 'the iss of its tokens')
    .option('--audience <TEXT>', 'an aud; repeatable', gather)
    .addOption(
      choiceOption('--audience-mode <MODE>', 'all audiences, or the one that the caller chooses', [
        'FIXED',
        'ONE-OF',
      ]),
    )
    .addOption(durationOption('--lifetime <DURATION>', 'where the caller gives none (default: 5m)'))
    .addOption(durationOption('--max-lifetime <DURATION>', 'the most that the caller may give'))
    .option('--not-before <DURATION>', 'nbf, from iat: ISO 8601 from -PT10M to PT10M; none: no nbf')
    .option('--token-type <TYPE>', 'the typ of the header, such as at+jwt (default: JWT)')
    .option('--subject <TEXT>', 'always this sub')
    .option('--subject-from-caller', 'the sub is the application, its JWT’s sub or its URI (the default)')
    .option('--subject-pattern <PATTERN>', 'the caller gives the sub, which matches this; * for any')
    .option('--fixed-claims <JSON>', 'claims of every token: JSON or @FILE')
    .option('--allow <CLAIM>', 'a claim that the caller may give; repeatable', gather)
    .option('--require <CLAIM>', 'a claim that the caller must give; repeatable', gather)
    .option('--schema <JSON>', 'JSON Schema of what the caller gives: JSON or @FILE')
    .option('--encrypt-to-ring <NAME>', 'encrypt the token to this key ring; none: to no key')
    .option('--encrypt-to-jwk <NAME>', 'encrypt the token to this JWK, which belongs to no key ring')
    .option('--enc <NAME>', 'content encryption (default: one that fits the key)')
    .optionsGroup('Options:')
    .option('--description <TEXT>', 'free text');
}

async function membersOf(flags: ProfileFlags): Promise<object> {
  const { description, ring: keyRingName, issuer, audience: audiences, lifetime, maxLifetime } = flags;
  const { notBefore, tokenType, audienceMode } = flags;
  const claims = await claimsOf(flags);
  const [subject, encryptTo] = [subjectOf(flags), encryptionOf(flags)];
  return {
    description,
    keyRingName,
    issuer,
    audiences,
    audienceMode: audienceMode?.replace('-', '_'),
    lifetime,
    maxLifetime,
    notBeforeOffset: notBefore === none ? null : notBefore,
    tokenType,
    subject,
    claims,
    encryptTo,
  };
}

function subjectOf({ subject, subjectFromCaller, subjectPattern }: ProfileFlags): object | undefined {
  const given = [subject, subjectFromCaller, subjectPattern].filter((one) => one !== undefined);
  if (given.length > 1)
    throw wrongUsage('Only one of --subject, --subject-from-caller and --subject-pattern is accepted');
  if (subject !== undefined) return { mode: 'FIXED', value: subject };
  if (subjectFromCaller) return { mode: 'FROM_CALLER' };
  if (subjectPattern === undefined) return undefined;
  return { mode: 'GIVEN', ...(subjectPattern !== '*' && { pattern: subjectPattern }) };
}

async function claimsOf(flags: ProfileFlags): Promise<object | undefined> {
  const { fixedClaims, allow: allowed, require: required, schema } = flags;
  if ([fixedClaims, allowed, required, schema].every((one) => one === undefined)) return undefined;
  return {
    fixed: fixedClaims === undefined ? undefined : await readJsonInput(fixedClaims, '--fixed-claims'),
    allowed,
    required,
    schema: schema === undefined ? undefined : await readJsonInput(schema, '--schema'),
  };
}

function encryptionOf({ encryptToRing, encryptToJwk, enc }: ProfileFlags): object | null | undefined {
  if (encryptToRing !== undefined && encryptToJwk !== undefined) {
    throw wrongUsage('Only one of --encrypt-to-ring and --encrypt-to-jwk is accepted');
  }
  if (encryptToRing === none || encryptToJwk === none) return null;
  if (encryptToRing !== undefined) return { keyRingName: encryptToRing, enc };
  if (encryptToJwk !== undefined) return { jwkName: encryptToJwk, enc };
  if (enc !== undefined) throw wrongUsage('--enc needs --encrypt-to-ring or --encrypt-to-jwk');
  return undefined;
}
