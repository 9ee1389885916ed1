import type { Command } from 'commander';
import { addPassphraseOptions, type PassphraseFlags } from '../files/key-passphrase.ts';
import { addPasswordOptions } from '../files/keystore-password.ts';
import { durationOption, millisecondsOption, wholeNumberOption } from '../flag-values.ts';
import type { ProjectFlags } from '../session/connection.ts';
import { useOption } from './choose-algorithm.ts';

/** The source of a JWK, and which key of it. */
export interface SourceFlags extends ProjectFlags, PassphraseFlags {
  readonly fromFile?: string;
  readonly fromUrl?: string;
  readonly fromCert?: string;
  readonly fromKey?: string;
  readonly fromKeystore?: string;
  readonly environment?: string;
  readonly alias?: string;
  readonly kid?: string;
  readonly use?: 'sig' | 'enc';
  readonly algorithm?: string;
  readonly public?: boolean;
  readonly passwordStdin?: boolean;
  readonly materialName?: string;
  readonly refresh?: string;
  readonly connectTimeout?: number;
  readonly readTimeout?: number;
  readonly sizeLimit?: number;
}

export const sourceFlagNames = ['from-file', 'from-url', 'from-cert', 'from-key', 'from-keystore'] as const;

export function addSourceOptions(command: Command): Command {
  const chosen = command
    .optionsGroup('Source, one of:')
    .option('--from-file <FILE>', 'a JWK, JWK Set, certificate, key or keystore; - reads standard input')
    .option('--from-url <URL>', 'a JWK or JWK Set that the manager fetches')
    .option('--from-cert <NAME>', 'a certificate of the project')
    .option('--from-key <NAME>', 'a key of the project')
    .option('--from-keystore <NAME>', 'a keystore of the project')
    .optionsGroup('Which key, optional where there is only one:')
    .option(
      '--kid <KID>',
      'selects a key of a JWK Set by kid or thumbprint; or the kid for a key without one',
    )
    .option('--alias <ALIAS>', 'selects an entry of a keystore')
    .addOption(useOption('use of the key (default: sig); for a JWK or URL only where the key has none'))
    .option('--algorithm <ALGORITHM>', 'such as RS256; for a JWK or URL only where the key has no alg')
    .option(
      '--environment <NAME>',
      'the environment of the certificate, key or keystore; with --from-file, where it is stored',
    )
    .option('--public', 'only the public key of a private key');
  return addPassphraseOptions(addPasswordOptions(chosen))
    .option(
      '--material-name <NAME>',
      'name of the certificate, key or keystore that is stored from a file (default: name of the JWK)',
    )
    .optionsGroup('Fetching a URL:')
    .addOption(durationOption('--refresh <DURATION>', 'fetch the URL again at this interval, 1m to 30d'))
    .addOption(millisecondsOption('--connect-timeout <TIME>', 'time limit of the connection (default: 5s)'))
    .addOption(millisecondsOption('--read-timeout <TIME>', 'time limit of the whole response (default: 10s)'))
    .addOption(
      wholeNumberOption('--size-limit <BYTES>', 'size limit of the response (default: 1048576)', {
        least: 1,
        most: 999_999_999,
      }),
    )
    .optionsGroup('Options:');
}
