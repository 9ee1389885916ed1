// Flags of `keyplane app` that say what an application is known by at a node.

import { createHash, X509Certificate } from 'node:crypto';
import type { Command } from 'commander';
import type { Application, Credential } from '../../../clients/typescript/src/index.ts';
import { timeText } from '../../runtime/time-text.ts';
import { wrongUsage } from '../failure.ts';
import { futureTimeOption } from '../flag-values.ts';
import { unchecked } from '../session/unchecked.ts';
import { readInput, readJsonInput } from '../terminal/input.ts';
import type { Cell } from '../terminal/table.ts';

export interface CredentialFlags {
  readonly token?: readonly string[];
  readonly tokenExpires?: string;
  readonly mtlsUri?: readonly string[];
  readonly mtlsSpki?: readonly string[];
  readonly mtlsCert?: readonly string[];
  readonly jwt?: readonly string[];
}

const gather = (one: string, others: readonly string[] = []) => [...others, one];

export function addCredentialOptions(command: Command): Command {
  return command
    .optionsGroup('Credentials:')
    .option('--token <NAME>', 'a token of this name, which is shown once; repeatable', gather)
    .addOption(
      futureTimeOption('--token-expires <TIME>', 'when these tokens expire (default: with the application)'),
    )
    .option('--mtls-uri <URI>', 'a client certificate with this URI, such as spiffe://…; repeatable', gather)
    .option('--mtls-cert <FILE>', 'a client certificate with the key of this one; repeatable', gather)
    .option('--mtls-spki <DIGEST>', 'the same by SHA-256 of its public key, base64url; repeatable', gather)
    .option(
      '--jwt <JSON>',
      'a JWT: issuer, audience, subject, jwksUri or jwkName, claims and singleUse as JSON or @FILE; repeatable',
      gather,
    )
    .optionsGroup('Options:');
}

/** Undefined where no flag gives one. @throws CliFailure */
export async function givenCredentials(flags: CredentialFlags): Promise<readonly Credential[] | undefined> {
  const { token = [], tokenExpires, mtlsUri = [], mtlsSpki = [], mtlsCert = [], jwt = [] } = flags;
  if (tokenExpires !== undefined && token.length === 0) throw wrongUsage('--token-expires needs --token');
  const credentials: Credential[] = [
    ...token.map((name) => ({
      type: 'TOKEN' as const,
      name,
      ...(tokenExpires !== undefined && { expiresAt: tokenExpires }),
    })),
    ...mtlsUri.map((uriSan) => ({ type: 'MTLS' as const, uriSan })),
    ...mtlsSpki.map((spkiSha256) => ({ type: 'MTLS' as const, spkiSha256 })),
  ];
  for (const file of mtlsCert) {
    credentials.push({ type: 'MTLS', spkiSha256: spkiDigest(file, await readInput(file)) });
  }
  for (const text of jwt) {
    const members = await readJsonInput(text, '--jwt');
    credentials.push(unchecked<Credential>({ type: 'JWT', ...(members as object) }));
  }
  return credentials.length === 0 ? undefined : credentials;
}

function spkiDigest(file: string, bytes: Buffer): string {
  try {
    const spki = new X509Certificate(bytes).publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(spki).digest('base64url');
  } catch {
    throw wrongUsage(`${file} is not a certificate`);
  }
}

/** As a row: type, name, and what else it says. */
export function credentialCells(one: Application['credentials'][number]): readonly Cell[] {
  const claims = Object.keys(one.claims ?? {}).length === 0 ? undefined : JSON.stringify(one.claims);
  const facts = [
    one.uriSan,
    one.spkiSha256 === undefined ? undefined : `SHA-256 ${one.spkiSha256}`,
    one.issuer === undefined ? undefined : `issuer ${one.issuer}`,
    one.audience === undefined ? undefined : `audience ${one.audience}`,
    one.subject === undefined ? undefined : `subject ${one.subject}`,
    claims === undefined ? undefined : `claims ${claims}`,
    one.singleUse === true ? 'once' : undefined,
    one.jwksUri === undefined ? undefined : `keys of ${one.jwksUri}`,
    one.jwkName === undefined ? undefined : `JWK ${one.jwkName}`,
  ];
  return [
    one.type,
    one.name ?? null,
    timeText(one.expiresAt ?? null),
    facts.filter((fact) => fact !== undefined).join(', '),
  ];
}
