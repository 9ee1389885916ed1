import type { Command } from 'commander';
import { createClient, KeyplaneApiError } from '../../../clients/typescript/src/index.ts';
import { addCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { findAddress } from '../session/connection.ts';
import { readProfiles, writeProfiles } from '../session/profiles-file.ts';
import { write } from '../terminal/output.ts';

/** `keyplane logout`: revokes the token that login made, and forgets it. */
export function addLogoutCommand(program: Command): void {
  addCommand(program, {
    usage: 'logout',
    summary: 'Revoke the token of a profile and forget the profile',
    examples: ['logout', 'logout --profile production'],
  })
    .option('--profile <NAME>', 'one of `keyplane profile list` [KEYPLANE_PROFILE]')
    .option('--local', 'only forget it here, where the manager is gone')
    .action(async (flags: { readonly profile?: string; readonly local?: boolean }) => {
      const { profile, profileName } = await findAddress(flags);
      if (profile === undefined) throw wrongUsage('Nobody is signed in');
      if (!flags.local && profile.tokenName !== null)
        await revoke({ ...profile, tokenName: profile.tokenName });
      const { current, profiles } = await readProfiles();
      const { [profileName]: _gone, ...others } = profiles;
      const next = current === profileName ? (Object.keys(others)[0] ?? null) : current;
      await writeProfiles({ current: next, profiles: others });
      write(
        `Signed out: profile ${profileName} is gone${next === null ? '' : `, ${next} is taken from now on`}\n`,
      );
    });
}

/** A token that is revoked or expired already is what was wanted. */
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
