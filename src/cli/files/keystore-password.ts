import { processEnvironment } from '../../config.ts';
import { readSecret } from '../terminal/secret.ts';
import type { KeystorePasswords } from './file-context.ts';

export interface PasswordFlags {
  readonly passwordStdin?: boolean;
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
  return { password, keyPassword };
}

/** For the help of commands that open a keystore. */
export const passwordHelp =
  'read the password of the keystore from standard input [KEYPLANE_KEYSTORE_PASSWORD, KEYPLANE_KEY_PASSWORD]';
