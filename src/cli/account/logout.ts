import type { Command } from 'commander';
import { createClient, KeyplaneApiError } from '../../../clients/typescript/src/index.ts';
import { addCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { findAddress } from '../session/connection.ts';
import { readProfiles, writeProfiles } from '../session/profiles-file.ts';
import { write } from '../terminal/output.ts';

/** `keyplane logout`: revokes the token that `keyplane login` created, and removes the profile. */
export function addLogoutCommand(program: Command): void {
  addCommand(program, {
    usage: 'logout',
    summary: 'Revoke the token of a profile and remove the profile',
    examples: ['logout', 'logout --profile production'],
  })
    .option('--profile <NAME>', 'a profile of `keyplane profile list` [KEYPLANE_PROFILE]')
    .option('--local', 'only remove the profile, for a manager that is unreachable')
    .action(async (flags: { readonly profile?: string; readonly local?: boolean }) => {
      const { profile, profileName } = await findAddress(flags);
      if (profile === undefined) throw wrongUsage('Not signed in');
      if (!flags.local && profile.tokenName !== null)
        await revoke({ ...profile, tokenName: profile.tokenName });
      const { current, profiles } = await readProfiles();
      const { [profileName]: _removed, ...others } = profiles;
      const next = current === profileName ? (Object.keys(others)[0] ?? null) : current;
      await writeProfiles({ current: next, profiles: others });
      write(
        `Signed out and removed profile ${profileName}${next === null ? '' : `; the current profile is ${next}`}\n`,
      );
    });
}

/** A token that is revoked or expired already is no failure. */
async function revoke({
  url,
  token,
  tokenName,
}: {
  url: string;
  token: string;
  tokenName: string;
}): Promise<void> {
  try {
    await createClient({ url, token }).deleteToken({ tokenName });
  } catch (error) {
    if (!(error instanceof KeyplaneApiError) || error.status !== 401) throw error;
  }
}
