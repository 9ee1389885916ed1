import { hostname } from 'node:os';
import type { Command } from 'commander';
import { createClient, type KeyplaneClient } from '../../../clients/typescript/src/index.ts';
import { processEnvironment } from '../../config.ts';
import { isLoopback } from '../../runtime/loopback.ts';
import { addCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { checkManagerUrl } from '../session/connection.ts';
import {
  firstProfile,
  type Profile,
  profilesPath,
  readProfiles,
  writeProfiles,
} from '../session/profiles-file.ts';
import { readStdin } from '../terminal/input.ts';
import { write } from '../terminal/output.ts';
import { ask } from '../terminal/prompt.ts';
import { readSecret } from '../terminal/secret.ts';

interface LoginFlags {
  readonly profile?: string;
  readonly username?: string;
  readonly passwordStdin?: boolean;
  readonly tokenStdin?: boolean;
  readonly expiresInDays: string;
  readonly project?: string;
  readonly plainHttp?: boolean;
}

const quickstartUrl = 'http://127.0.0.1:8080';

/** `keyplane login`: creates a personal token with a password, and stores the token. The password is not stored. */
export function addLoginCommand(program: Command): void {
  addCommand(program, {
    usage: 'login [URL]',
    summary: 'Sign in at a manager and store a personal token for later commands',
    examples: [
      'login http://127.0.0.1:8080',
      'login https://keyplane.example --profile production --project MyProject',
      'login --username ci --password-stdin < password.txt',
      'login --token-stdin < token.txt',
    ],
  })
    .option('--profile <NAME>', 'name of the profile to store and to use from now on [KEYPLANE_PROFILE]')
    .option('--username <NAME>', 'name of the user')
    .option('--password-stdin', 'read the password from standard input [KEYPLANE_PASSWORD]')
    .option('--token-stdin', 'read an existing token from standard input instead of creating one')
    .option('--expires-in-days <DAYS>', 'validity of the new token', '90')
    .option('-p, --project <NAME>', 'project of commands that name none')
    .option('--plain-http', 'allow an unencrypted connection to another machine')
    .action(async (given: string | undefined, flags: LoginFlags) => login(given, flags));
}

async function login(given: string | undefined, flags: LoginFlags): Promise<void> {
  const { KEYPLANE_URL, KEYPLANE_PROFILE } = processEnvironment();
  const stored = await readProfiles();
  const name = flags.profile ?? (KEYPLANE_PROFILE || stored.current || firstProfile);
  const before = stored.profiles[name];
  const known = given ?? (KEYPLANE_URL || before?.url);
  const asked = { text: 'Address of the manager', otherwise: 'keyplane login URL' };
  const url = checkManagerUrl(known ?? (await ask(asked, quickstartUrl)));
  if (!flags.plainHttp) requireEncryption(url);
  const profile = flags.tokenStdin
    ? await profileFromToken(url)
    : await profileFromPassword(url, flags, before);
  const project = flags.project ?? (before?.url === url ? before.project : undefined);
  await writeProfiles({
    current: name,
    profiles: { ...stored.profiles, [name]: { ...profile, ...(project !== undefined && { project }) } },
  });
  write(`Signed in at ${url} as ${profile.username} (profile ${name} in ${profilesPath()})\n`);
}

async function profileFromToken(url: string): Promise<Profile> {
  const token = (await readStdin()).toString('utf8').trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw wrongUsage('Standard input contains no token');
  const { username } = await createClient({ url, token }).getSession();
  return { url, username, token, tokenName: null };
}

async function profileFromPassword(
  url: string,
  flags: LoginFlags,
  before: Profile | undefined,
): Promise<Profile> {
  const days = Number(flags.expiresInDays);
  if (!Number.isInteger(days) || days < 1 || days > 3650) {
    throw wrongUsage('--expires-in-days takes a whole number from 1 to 3650');
  }
  const username =
    flags.username ?? (await ask({ text: 'Username', otherwise: 'give --username' }, before?.username));
  const password = await readSecret({
    text: `Password of ${username}`,
    variable: 'KEYPLANE_PASSWORD',
    stdinFlag: '--password-stdin',
    fromStdin: flags.passwordStdin,
  });
  const { access_token: session } = await createClient({ url }).signIn({
    body: { grant_type: 'client_credentials', client_id: username, client_secret: password },
  });
  const client = createClient({ url, token: session });
  const expiresAt = new Date(Date.now() + days * 86_400_000).toISOString();
  const { token, name } = await client.createToken({ body: { name: tokenName(), expiresAt } });
  await endSession(client);
  return { url, username, token, tokenName: name };
}

/** Ends the session of the password. A failure is ignored, because the session expires after an hour anyway. */
async function endSession(client: KeyplaneClient): Promise<void> {
  try {
    await client.deleteSession();
  } catch {
    // It expires by itself.
  }
}

/** Names the machine, and is unique, because the manager rejects a name that exists. */
function tokenName(): string {
  const machine =
    hostname()
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 64) || 'machine';
  return `cli-${machine}-${crypto.randomUUID().slice(0, 8)}`;
}

/** Anybody on the network could read the password. @throws CliFailure */
function requireEncryption(url: string): void {
  const { protocol, hostname: host } = new URL(url);
  if (protocol === 'https:' || isLoopback(host)) return;
  throw wrongUsage(`${url} is not encrypted: use https, or --plain-http in a network that you trust`);
}
