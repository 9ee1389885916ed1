import { isRelease } from './module-file.ts';

/** How the command line is called on this machine: printed commands begin with it. */
export const cliCommand = commandOf(import.meta.url, isRelease);

/**
 * @param moduleUrl of a module of this program
 * @returns the name that `npm install --global` puts on the PATH, or a command for a checkout or a package that `npx` runs
 */
export function commandOf(moduleUrl: string, isInstalled: boolean): string {
  if (!isInstalled) return 'npm run -s keyplane --';
  // npx installs packages into its cache, which is on no PATH.
  return moduleUrl.includes('/_npx/') ? 'npx keyplane' : 'keyplane';
}
