import type { Command } from 'commander';
import type { WaitFlags } from '../client-command.ts';
import type { ProjectFlags } from '../session/connection.ts';

/** Flags of the commands that replace a certificate, key or keystore. */
export interface ReplacementFlags extends ProjectFlags, WaitFlags {
  readonly environment?: string;
  readonly description?: string;
  readonly updateJwks?: boolean;
}

export function addReplacementOptions(command: Command): Command {
  return command
    .option('--environment <NAMES>', 'environments, separated by commas (default: those it has)')
    .option('--description <TEXT>', 'free text; without it the description is removed')
    .option('--update-jwks', 'update the JWKs created from it; without this flag they are detached');
}

/** Query parameters that decide about the JWKs created from it. */
export function referencePolicy({ updateJwks }: ReplacementFlags) {
  return updateJwks ? ({ updateReferencedJwks: 'true', updateScope: 'SAME_PROJECT' } as const) : {};
}
