import type { Command } from 'commander';
import { addPassphraseOptions, type PassphraseFlags } from '../files/key-passphrase.ts';
import { passwordHelp } from '../files/keystore-password.ts';
import type { ProjectFlags } from '../session/connection.ts';

/** Where a JWK comes from, and what is to be taken of it. */
export interface SourceFlags extends ProjectFlags, PassphraseFlags {
  readonly fromFile?: string;
  readonly fromUrl?: string;
  readonly fromCert?: string;
  readonly fromKey?: string;
  readonly fromKeystore?: string;
  readonly environment?: string;
  readonly alias?: string;
  readonly kid?: string;
  readonly use?: string;
  readonly algorithm?: string;
  readonly public?: boolean;
  readonly passwordStdin?: boolean;
  readonly materialName?: string;
  readonly refresh?: string;
  readonly connectTimeout?: string;
  readonly readTimeout?: string;
  readonly sizeLimit?: string;
}

export const sourceFlagNames = ['from-file', 'from-url', 'from-cert', 'from-key', 'from-keystore'] as const;

export function addSourceOptions(command: Command): Command {
  const taken = command
    .optionsGroup('Where it comes from, one of:')
    .option('--from-file <FILE>', 'a JWK, JWK Set, certificate, key or keystore; - is standard input')
    .option('--from-url <URL>', 'a JWK or JWK Set that the manager fetches')
    .option('--from-cert <NAME>', 'a certificate of the project')
    .option('--from-key <NAME>', 'a key of the project')
    .option('--from-keystore <NAME>', 'a keystore of the project')
    .optionsGroup('What is taken of it; the only choice is taken by itself:')
    .option('--kid <KID>', 'which key of a JWK Set, by kid or thumbprint, or the kid of a key that has none')
    .option('--alias <ALIAS>', 'which entry of a keystore')
    .option('--use <USE>', 'sig or enc (default sig); of a JWK or URL only where the key has no use')
    .option('--algorithm <ALGORITHM>', 'such as RS256; of a JWK or URL only where the key has no alg')
    .option(
      '--environment <NAME>',
      'whose certificate, key or keystore is taken; with --from-file where it is put',
    )
    .option('--public', 'only the public half of a private key')
    .option('--password-stdin', passwordHelp);
  return addPassphraseOptions(taken)
    .option('--material-name <NAME>', 'the name of what is stored of a file (default: that of the JWK)')
    .optionsGroup('How a URL is fetched:')
    .option('--refresh <DURATION>', 'follow the URL: ISO 8601, PT1M to P30D')
    .option('--connect-timeout <MS>', 'milliseconds for getting connected (default 5000)')
    .option('--read-timeout <MS>', 'milliseconds for the whole answer (default 10000)')
    .option('--size-limit <BYTES>', 'of the answer (default 1048576)')
    .optionsGroup('Options:');
}
