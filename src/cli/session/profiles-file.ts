// Installations and the tokens for them: one file of the user's own, mode 0600. A file that others can read is refused,
// for whoever read it has had the tokens.

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
  /** Of the token, so that signing out can delete it; null where it was made elsewhere. */
  readonly tokenName: string | null;
  /** Taken where no project is named. */
  readonly project?: string | undefined;
}

export interface Profiles {
  /** Of those in `profiles` the one that is taken where none is named. */
  readonly current: string | null;
  readonly profiles: Readonly<Record<string, Profile>>;
}

export const firstProfile = 'default';
const none: Profiles = Object.freeze({ current: null, profiles: {} });

export function profilesPath(): string {
  const { XDG_CONFIG_HOME } = processEnvironment();
  return join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'keyplane', 'profiles.json');
}

/** @throws CliFailure for a file that others can read, or that is none of ours */
export async function readProfiles(): Promise<Profiles> {
  const path = profilesPath();
  let text: string;
  try {
    await refuseOpenFile(path);
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return none;
    throw error;
  }
  try {
    const { current = null, profiles } = JSON.parse(text) as Profiles;
    if (Object.values(profiles).every(isProfile)) return { current, profiles };
  } catch {
    // Told below.
  }
  throw wrongUsage(`${path} is not a file of profiles: remove it and sign in with \`keyplane login\``);
}

async function refuseOpenFile(path: string): Promise<void> {
  const { mode } = await stat(path);
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  const shown = (mode & 0o777).toString(8);
  throw wrongUsage(`${path} holds tokens and others can read it (mode ${shown}): chmod 600 ${path}`);
}

function isProfile(value: unknown): value is Profile {
  const profile = value as Partial<Profile> | null;
  return typeof profile?.url === 'string' && typeof profile.token === 'string';
}

/** Replaces the file as a whole; it is never readable by others, not even for a moment. */
export async function writeProfiles(profiles: Profiles): Promise<void> {
  const path = profilesPath();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceFile(path, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
}
