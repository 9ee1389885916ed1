// Forms of files that hold keys or certificates and cannot be uploaded as they are: what each is called, and the command
// that converts it. Tests extract the commands, run them on real files and upload the result.
// A name such as `key.pem` in a command stands for the user's own file.

import { type KeystoreOrigin, keystoreKeyCommand } from './keystore-key-command.ts';

/** `MISLABELLED`: PEM under a label that OpenSSL does not read as what it is. */
export type Encoding = 'PEM' | 'DER' | 'MISLABELLED';

export interface UnsupportedFormat {
  /** Such as `a PKCS#7 bundle`. */
  readonly what: string;
  /** What to do, in one sentence or two, with the command in back-quotes. */
  readonly remedy: string;
}

/** `Key content is a PKCS#7 bundle! Convert it with …`: a command never touches the exclamation mark. */
export function unsupportedText(subject: string, { what, remedy }: UnsupportedFormat): string {
  return `${subject} is ${what}! ${remedy}`;
}

/** The DER of the block under any label. */
const derOf = (file: string) => `sed -n '/-----BEGIN/,/-----END/{/-----/!p;}' ${file} | base64 -d`;

/** An `openssl` command that reads this file. @param options those behind the input */
function openssl(command: string, file: string, options: string, encoding: Encoding): string {
  switch (encoding) {
    case 'PEM':
      return `openssl ${command} -in ${file} ${options}`;
    case 'DER':
      return `openssl ${command} -inform DER -in ${file} ${options}`;
    case 'MISLABELLED':
      // OpenSSL may ask for a passphrase on its standard input.
      return `${derOf(file)} > content.der && openssl ${command} -inform DER -in content.der ${options}`;
    default:
      return encoding satisfies never;
  }
}

/** Labels under which OpenSSL reads a form, beside its own name. */
const alsoLabelled: ReadonlyMap<string, readonly string[]> = new Map([
  ['CERTIFICATE', ['X509 CERTIFICATE']],
  ['CERTIFICATE REQUEST', ['NEW CERTIFICATE REQUEST']],
  ['PKCS7', ['PKCS #7 SIGNED DATA']],
]);

/** @param content the label of what a PEM block holds @param label its own */
export function pemEncoding(content: string, label: string): Encoding {
  const isRead = content === label || alsoLabelled.get(content)?.includes(label) === true;
  return isRead ? 'PEM' : 'MISLABELLED';
}

/** RFC 2315; `.p7b` and `.p7c` files. */
function pkcs7Bundle(encoding: Encoding): UnsupportedFormat {
  return {
    what: 'a PKCS#7 bundle',
    remedy: `Convert it with \`${openssl('pkcs7', 'bundle.p7b', '-print_certs -out certificates.pem', encoding)}\` and upload certificates.pem as a certificate`,
  };
}

/** RFC 2986. */
function certificateRequest(encoding: Encoding): UnsupportedFormat {
  return {
    what: 'a certificate request',
    remedy: `Upload the certificate that its authority issues for it. To upload its public key as a PUBLIC_KEY, write it with \`${openssl('req', 'request.csr', '-pubkey -noout -out key.pem', encoding)}\``,
  };
}

/** RFC 5280 §5. */
function revocationList(encoding: Encoding): UnsupportedFormat {
  return {
    what: 'a certificate revocation list',
    remedy: `It holds neither a key nor a certificate. Upload the certificate of its issuer, which \`${openssl('crl', 'list.crl', '-noout -issuer', encoding)}\` names`,
  };
}

/** OpenSSL's own: a certificate with the purposes that it is trusted for. */
const trustedCertificate: UnsupportedFormat = Object.freeze({
  what: "a certificate with OpenSSL's trust settings (TRUSTED CERTIFICATE)",
  remedy:
    'Convert it with `openssl x509 -in trusted.pem -out certificate.pem` and upload certificate.pem as a certificate',
});

/**
 * How to take one key out of a PEM file that holds more.
 * @param content the label of what the key's block holds, which is the label of no other block
 * @param isClosed under a passphrase
 */
export function keyAloneRemedy(content: string, isClosed: boolean): string {
  if (content.endsWith('PUBLIC KEY'))
    return 'Write the key alone with `openssl pkey -pubin -in both.pem -out key.pem` and upload key.pem as a PUBLIC_KEY';
  // `openssl` does not know the form of OpenSSH, and would take the passphrase off.
  const isCopied = isClosed || content === 'OPENSSH PRIVATE KEY';
  const command = isCopied
    ? `(umask 077; sed -n '/-----BEGIN ${content}-----/,/-----END ${content}-----/p' both.pem > key.pem)`
    : 'openssl pkey -in both.pem -out key.pem';
  return `Write the key alone with \`${command}\` and upload key.pem as a PRIVATE_KEY`;
}

/** How to take the certificates out of a PEM file that holds more. @param labels of what all its blocks hold */
export function certificatesAloneRemedy(labels: readonly string[]): string {
  return `Write the certificates alone with \`${certificatesCommand(labels)}\` and upload certificates.pem`;
}

function certificatesCommand(labels: readonly string[]): string {
  // `openssl x509` copies the first certificate alone.
  if (labels.filter(isCertificateLabel).length === 1)
    return 'openssl x509 -in both.pem -out certificates.pem';
  // `openssl crl2pkcs7` stops at a block that it does not know.
  return labels.includes('OPENSSH PRIVATE KEY')
    ? "sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p' both.pem > certificates.pem"
    : 'openssl crl2pkcs7 -nocrl -certfile both.pem | openssl pkcs7 -print_certs -out certificates.pem';
}

export function isCertificateLabel(label: string): boolean {
  return label.endsWith('CERTIFICATE');
}

/** `openssh-key-v1` under a passphrase. */
export const encryptedOpenSsh: UnsupportedFormat = Object.freeze({
  what: 'an encrypted key in the format of OpenSSH',
  remedy:
    'Remove its passphrase with `ssh-keygen -p -N "" -f id_key` and upload the file. The command asks for the passphrase and changes the file itself, so run it on a copy',
});

export const mislabelledOpenSsh: UnsupportedFormat = Object.freeze({
  what: `${encryptedOpenSsh.what} under another label`,
  remedy:
    'Write it under its own label and remove its passphrase with `(umask 077; sed \'s/^\\(-----BEGIN\\|-----END\\) .*/\\1 OPENSSH PRIVATE KEY-----/\' id_key > openssh_key) && ssh-keygen -p -N "" -f openssh_key` and upload openssh_key. The second command asks for the passphrase',
});

/** What is uploaded as a keystore, by its first octets or its structure. */
export function keystoreForm(type: string): UnsupportedFormat {
  return {
    what: `a ${type} keystore`,
    remedy: 'Upload it as a keystore and create the JWK from that, with source type KEYSTORE',
  };
}

function pkcs12Form(encoding: Encoding): UnsupportedFormat {
  if (encoding === 'DER') return keystoreForm('PKCS#12');
  return {
    what: 'a PKCS#12 keystore in PEM',
    remedy: `Decode it with \`${derOf('keystore.pem')} > keystore.p12\`, upload keystore.p12 as a keystore and create the JWK from that, with source type KEYSTORE`,
  };
}

/** A certificate where a key belongs. */
export function certificateForKey(encoding: Encoding): UnsupportedFormat {
  return {
    what: 'a certificate where a key belongs',
    remedy: `Upload it as a certificate. To upload its public key as a PUBLIC_KEY, write it with \`${openssl('x509', 'certificate.pem', '-noout -pubkey -out key.pem', encoding)}\``,
  };
}

/** Where an EC key that must be converted is. */
export interface EcKeyPlace {
  readonly half: 'PRIVATE' | 'PUBLIC';
  readonly encoding: Encoding;
  /** Of a private key in a keystore. */
  readonly origin?: KeystoreOrigin | undefined;
}

interface EcForm {
  /** Of `openssl ec`, which writes the form that is accepted. */
  readonly option: string;
  readonly output: string;
  /** `keytool` reads the form. */
  readonly isReadByJava: boolean;
  /** What a certificate must have instead. */
  readonly wanted: string;
}

const explicitForm: EcForm = Object.freeze({
  option: '-param_enc named_curve',
  output: 'named.pem',
  isReadByJava: false,
  wanted: 'a named curve',
});
const hybridForm: EcForm = Object.freeze({
  option: '-conv_form uncompressed',
  output: 'point.pem',
  isReadByJava: true,
  wanted: 'a key whose point is uncompressed',
});

/** RFC 5480 §2.1.1 allows named curves alone: explicit parameters can describe a forged twin of one (CVE-2020-0601). */
export function explicitCurve(place: EcKeyPlace): UnsupportedFormat {
  return {
    what: 'an EC key whose curve is given by explicit parameters, a named curve is required (RFC 5480 §2.1.1)',
    remedy: ecRemedy(place, explicitForm),
  };
}

/** RFC 5480 §2.2 has the uncompressed and the compressed form alone. */
export function hybridPoint(place: EcKeyPlace): UnsupportedFormat {
  return {
    what: 'an EC key whose point has the hybrid form (X9.62), the uncompressed or the compressed one is required (RFC 5480 §2.2)',
    remedy: ecRemedy(place, hybridForm),
  };
}

function ecRemedy({ half, encoding, origin }: EcKeyPlace, form: EcForm): string {
  const isPublic = half === 'PUBLIC';
  const options = `${form.option} ${isPublic ? '-pubout ' : ''}-out ${form.output}`;
  if (origin !== undefined) return keystoreKeyRemedy(origin, options, form);
  return `Convert it with \`${openssl(isPublic ? 'ec -pubin' : 'ec', 'key.pem', options, encoding)}\` and upload ${form.output}`;
}

function keystoreKeyRemedy(origin: KeystoreOrigin, options: string, form: EcForm): string {
  const command = keystoreKeyCommand(origin, `openssl ec ${options}`, form.isReadByJava);
  return command === undefined
    ? `Write this key alone to a PEM file with the program that made it, convert the file with \`openssl ec -in key.pem ${options}\` and upload ${form.output} as a PRIVATE_KEY`
    : `Convert it with \`${command}\` and upload ${form.output} as a PRIVATE_KEY`;
}

/** A certificate whose key has a form that is not accepted: what is signed cannot be converted, its key can. */
function certificateRemedy(encoding: Encoding, { option, output, wanted }: EcForm): string {
  const written = openssl('x509', 'certificate.pem', '-noout -pubkey', encoding);
  return `Have it issued for ${wanted}. To upload its public key as a PUBLIC_KEY, write it with \`${written} | openssl ec -pubin ${option} -pubout -out ${output}\``;
}

export const explicitCurveOfCertificate = (encoding: Encoding) => certificateRemedy(encoding, explicitForm);
export const hybridPointOfCertificate = (encoding: Encoding) => certificateRemedy(encoding, hybridForm);

/** RFC 9964 §4 has the seed alone, from which the expanded key is computed, and not the other way round. */
export function expandedKey(alg: string): UnsupportedFormat {
  return {
    what: `an ${alg} key in its expanded form alone, its seed is required (RFC 9964 §4)`,
    remedy: `The seed cannot be computed from it: where the program that made the key kept the seed, write it with \`openssl pkey -in original.pem -provparam ml-dsa.output_formats=seed-only -out key.pem\` and upload key.pem, otherwise generate a new key`,
  };
}

/** @param algorithm the name or object identifier in the file */
export function unknownKeyEncryption(algorithm: string, encoding: Encoding): UnsupportedFormat {
  return {
    what: `encrypted with an algorithm that is not supported (${algorithm})`,
    remedy: `Decrypt it with \`${openssl('pkey -provider legacy -provider default', 'encrypted.pem', '-out key.pem', encoding)}\` and upload key.pem`,
  };
}

/** Keystores of Java and of Bouncy Castle that are neither JKS nor PKCS#12; the whole text. */
export function unsupportedKeystoreText(type: 'JCEKS' | 'BKS' | 'UBER' | 'BCFKS'): string {
  const provider =
    type === 'JCEKS'
      ? ''
      : ' -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath bcprov.jar';
  const file = type.toLowerCase();
  const command = `keytool -importkeystore -srckeystore keystore.${file} -srcstoretype ${type} -destkeystore keystore.p12 -deststoretype PKCS12${provider}`;
  return `${type} keystores are not supported! Convert it with \`${command}\` and upload keystore.p12; the keyStoreType values are JKS and PKCS12`;
}

const convertKeystore =
  'Convert the keystore with `openssl pkcs12 -provider legacy -provider default -in keystore.p12 -nodes -out keystore.pem && openssl pkcs12 -export -in keystore.pem -out converted.p12`, upload converted.p12 and delete keystore.pem';

/** @param algorithm object identifier */
export function unknownKeystoreEncryption(algorithm: string): UnsupportedFormat {
  return {
    what: `encrypted with an algorithm that is not supported (${algorithm})`,
    remedy: convertKeystore,
  };
}

/** @param algorithm object identifier */
export function unknownKeystoreMac(algorithm: string): UnsupportedFormat {
  return {
    what: `protected by an integrity check that is not supported (${algorithm}); supported are HMAC with SHA-1 or SHA-2, and PBMAC1`,
    remedy: convertKeystore,
  };
}

const makeKeystore = 'make a keystore of it with `openssl pkcs12 -export -in both.pem -out keystore.p12`';

/** A PEM file where any kind of file is taken. */
export const keyAndCertificates: UnsupportedFormat = Object.freeze({
  what: 'a private key with certificates',
  remedy: `To keep them together ${makeKeystore}`,
});

/** Such as the value of a Kubernetes secret. */
export function base64Keystore(type: 'JKS' | 'PKCS12'): UnsupportedFormat {
  const file = `keystore.${type === 'JKS' ? 'jks' : 'p12'}`;
  return {
    what: `the base64 text of a ${type} keystore`,
    remedy: `Decode it with \`tr -d '\\r' < keystore.b64 | base64 -d > ${file}\` and upload ${file}`,
  };
}

/** A PEM file where a keystore belongs. */
export const pemKeystore: UnsupportedFormat = Object.freeze({
  what: 'PEM text, not a keystore',
  remedy: `Upload it as a certificate or a key. Where it holds a key and its certificates, ${makeKeystore}`,
});

/** By their PEM label, which the sniffing of DER uses as well. */
export const unsupportedFormats: ReadonlyMap<string, (encoding: Encoding) => UnsupportedFormat> = new Map([
  ['CERTIFICATE REQUEST', certificateRequest],
  ['NEW CERTIFICATE REQUEST', certificateRequest],
  ['X509 CRL', revocationList],
  ['PKCS7', pkcs7Bundle],
  ['PKCS #7 SIGNED DATA', pkcs7Bundle],
  ['CMS', pkcs7Bundle],
  ['TRUSTED CERTIFICATE', () => trustedCertificate],
  ['PKCS12', pkcs12Form],
]);
