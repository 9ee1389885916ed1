// What completes an argument or the value of a flag, beside fixed choices.

import type { Command } from 'commander';

/** Names that the manager, or the file of profiles, knows; and values out of tables of keyplane. */
export type CompletionSource =
  | 'algorithms'
  | 'applications'
  | 'token profiles'
  | 'certificates'
  | 'enrollment tokens'
  | 'environments'
  | 'jwks'
  | 'key rings'
  | 'key types'
  | 'keys'
  | 'keystores'
  | 'members'
  | 'nodes'
  | 'operations'
  | 'outlets'
  | 'profiles'
  | 'projects'
  | 'roles'
  | 'shells'
  | 'source types'
  | 'tokens'
  | 'tokens of a user'
  | 'users'
  | 'uses'
  | 'views';

const sources = new WeakMap<Command, readonly (CompletionSource | null)[]>();

/** One source for each argument of the command, in order. */
export function completeArguments(command: Command, of: readonly (CompletionSource | null)[]): void {
  sources.set(command, of);
}

export function argumentSource(command: Command, index: number): CompletionSource | undefined {
  return sources.get(command)?.[index] ?? undefined;
}

/** A flag means the same in every command that has it. */
export const flagSources: Readonly<Record<string, CompletionSource>> = Object.freeze({
  '--actor': 'users',
  '--algorithm': 'algorithms',
  '--algorithms': 'algorithms',
  '--certificate': 'certificates',
  '--environment': 'environments',
  '--environments': 'environments',
  '--exclude-algorithms': 'algorithms',
  '--exclude-jwks': 'jwks',
  '--exclude-key-types': 'key types',
  '--exclude-rings': 'key rings',
  '--exclude-uses': 'uses',
  '--from-cert': 'certificates',
  '--from-key': 'keys',
  '--from-keystore': 'keystores',
  '--jwk': 'jwks',
  '--jwks': 'jwks',
  '--key-types': 'key types',
  '--profile': 'profiles',
  '--project': 'projects',
  '--projects': 'projects',
  '--publish-key-types': 'key types',
  '--ring': 'key rings',
  '--rings': 'key rings',
  '--roles': 'roles',
  '--source': 'source types',
  '--token-profile': 'token profiles',
  '--uses': 'uses',
  '--view': 'views',
});
