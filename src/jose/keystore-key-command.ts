// Commands that convert one key inside a keystore to PEM. Tests run them on keystores of keytool and of OpenSSL.

/** Where in its keystore a private key is, as far as a command needs it. */
export type KeystoreOrigin =
  | { readonly type: 'JKS'; readonly alias: string }
  | {
      readonly type: 'PKCS12';
      /** No other private key is in the file. */
      readonly isOnlyKey: boolean;
      /** Its friendlyName; undefined where it has none, or where another key has it, too. */
      readonly name?: string;
    };

/** What needs no quoting but the one around it, in a shell and in the sentence: an alias is any text. */
const simpleName = /^\w[\w .@-]*$/;
const pkcs12Keys = 'openssl pkcs12 -provider legacy -provider default -in keystore.p12 -nodes -nocerts';

/**
 * Undefined where no command is certain to read this key: `openssl ec` takes the first key that it finds.
 * @param convert the command of `openssl` that converts the key on its standard input
 * @param isReadByJava `keytool` alone reads JKS, and no key on a curve with explicit parameters
 */
export function keystoreKeyCommand(
  origin: KeystoreOrigin,
  convert: string,
  isReadByJava: boolean,
): string | undefined {
  if (origin.type === 'JKS') {
    if (!isReadByJava || !simpleName.test(origin.alias)) return undefined;
    return `keytool -importkeystore -srckeystore keystore.jks -srcstoretype JKS -srcalias '${origin.alias}' -destkeystore keystore.p12 -deststoretype PKCS12 && ${pkcs12Keys} | ${convert}`;
  }
  if (origin.isOnlyKey) return `${pkcs12Keys} | ${convert}`;
  if (origin.name === undefined || !simpleName.test(origin.name)) return undefined;
  const line = origin.name.replaceAll('.', '\\.');
  return `${pkcs12Keys} | sed -n '/^ *friendlyName: ${line}$/,/^-----END/p' | ${convert}`;
}
