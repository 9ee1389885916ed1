import type { Command } from 'commander';
import type { ProjectFlags } from '../session/connection.ts';

/** What replacing a certificate, key or keystore takes besides the new one. */
export interface ReplacementFlags extends ProjectFlags {
  readonly environment?: string;
  readonly description?: string;
  readonly updateJwks?: boolean;
}

export function addReplacementOptions(command: Command): Command {
  return command
    .option(
      '--environment <NAMES>',
      'the environments it is for, separated by commas (default: those it has)',
    )
    .option('--description <TEXT>', 'for people to read; left out, there is none')
    .option(
      '--update-jwks',
      'JWKs that were made from it get the new material; without it they are detached',
    );
}

/** How the API is told what becomes of the JWKs. */
export function referencePolicy({ updateJwks }: ReplacementFlags) {
  return updateJwks ? ({ updateReferencedJwks: 'true', updateScope: 'SAME_PROJECT' } as const) : {};
}

export function splitNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
