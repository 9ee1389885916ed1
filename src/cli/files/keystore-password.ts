import { processEnvironment } from '../../config.ts';
import { readSecret } from '../terminal/secret.ts';
import type { KeystorePasswords } from './file-world.ts';

export interface PasswordFlags {
  readonly passwordStdin?: boolean;
}

/** What opens a keystore. The password of its keys is asked for nowhere: few have one of their own. */
export async function readKeystorePasswords(what: string, flags: PasswordFlags): Promise<KeystorePasswords> {
  const password = await readSecret({
    text: `Password of ${what}`,
    variable: 'KEYPLANE_KEYSTORE_PASSWORD',
    stdinFlag: '--password-stdin',
    fromStdin: flags.passwordStdin,
  });
  // An empty one is a password: some programs close keys with none.
  const keyPassword = processEnvironment().KEYPLANE_KEY_PASSWORD;
  return { password, keyPassword };
}

/** For the help of whatever opens a keystore. */
export const passwordHelp =
  'the password of the keystore comes on standard input [KEYPLANE_KEYSTORE_PASSWORD, KEYPLANE_KEY_PASSWORD]';
