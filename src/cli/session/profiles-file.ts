// Installations and their tokens, in one file of the user with mode 0600. A file that others can read is rejected, because
// they may have read the tokens.

import { mkdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { processEnvironment } from '../../config.ts';
import { replaceFile } from '../../runtime/durable-file.ts';
import { wrongUsage } from '../failure.ts';

export interface Profile {
  readonly url: string;
  readonly username: string;
  /** Secret. */
  readonly token: string;
  /** Name of the token, so that `logout` can delete it; null for a token that was not created by `login`. */
  readonly tokenName: string | null;
  /** Of commands that name none. */
  readonly project?: string | undefined;
}

export interface Profiles {
  /** Name of the profile of commands that name none. */
  readonly current: string | null;
  readonly profiles: Readonly<Record<string, Profile>>;
}

export const firstProfile = 'default';
const none: Profiles = Object.freeze({ current: null, profiles: {} });

export function profilesPath(): string {
  const { XDG_CONFIG_HOME } = processEnvironment();
  return join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'keyplane', 'profiles.json');
}

/** @throws CliFailure for a file that others can read, or that has another content */
export async function readProfiles(): Promise<Profiles> {
  const path = profilesPath();
  let text: string;
  try {
    await requirePrivateFile(path);
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return none;
    throw error;
  }
  try {
    const { current = null, profiles } = JSON.parse(text) as Profiles;
    if (Object.values(profiles).every(isProfile)) return { current, profiles };
  } catch {
    // Reported below.
  }
  throw wrongUsage(`${path} is not a file of profiles: remove it and sign in with \`keyplane login\``);
}

async function requirePrivateFile(path: string): Promise<void> {
  const { mode } = await stat(path);
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  const octal = (mode & 0o777).toString(8);
  throw wrongUsage(`${path} contains tokens and others can read it (mode ${octal}): chmod 600 ${path}`);
}

function isProfile(value: unknown): value is Profile {
  const profile = value as Partial<Profile> | null;
  return typeof profile?.url === 'string' && typeof profile.token === 'string';
}

/** Replaces the whole file atomically. It is never readable by others. */
export async function writeProfiles(profiles: Profiles): Promise<void> {
  const path = profilesPath();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceFile(path, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
}
