import type { Command } from 'commander';
import { processEnvironment } from '../../config.ts';
import { wrongUsage } from '../failure.ts';
import { readInput } from '../terminal/input.ts';
import { readSecret } from '../terminal/secret.ts';
import type { KeystorePasswords } from './file-context.ts';

export interface PasswordFlags {
  readonly passwordStdin?: boolean;
  readonly keyPasswordsFile?: string;
}

/** The passwords of a keystore. Nothing asks for the password of its keys, because few keystores have one. */
export async function readKeystorePasswords(what: string, flags: PasswordFlags): Promise<KeystorePasswords> {
  const password = await readSecret({
    text: `Password of ${what}`,
    variable: 'KEYPLANE_KEYSTORE_PASSWORD',
    stdinFlag: '--password-stdin',
    fromStdin: flags.passwordStdin,
  });
  // An empty password is a password: some programs encrypt keys with it.
  const keyPassword = processEnvironment().KEYPLANE_KEY_PASSWORD;
  return { password, keyPassword, keyPasswords: await readKeyPasswords(flags.keyPasswordsFile) };
}

async function readKeyPasswords(path: string | undefined): Promise<KeystorePasswords['keyPasswords']> {
  if (path === undefined) return undefined;
  const { isJsonObject, parseJson } = await import('../../jose/json.ts');
  const given = parseJson((await readInput(path)).toString('utf8'), path);
  if (!isJsonObject(given) || !Object.values(given).every((password) => typeof password === 'string')) {
    throw wrongUsage(`${path} has no key passwords: a JSON object such as {"orders": "secret"} is required`);
  }
  return given as KeystorePasswords['keyPasswords'];
}

/** For commands that open a keystore. */
export function addPasswordOptions(command: Command): Command {
  return command
    .option(
      '--password-stdin',
      'read the password of the keystore from standard input [KEYPLANE_KEYSTORE_PASSWORD, KEYPLANE_KEY_PASSWORD]',
    )
    .option(
      '--key-passwords-file <FILE>',
      'JSON file with the passwords of keys by alias, where they differ',
    );
}
