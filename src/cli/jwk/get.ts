import type { Command } from 'commander';
import type { Jwk, PublicJwk } from '../../../clients/typescript/src/index.ts';
import { projectCommand } from '../client-command.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { show } from '../terminal/output.ts';
import { factLines, shortTime } from '../terminal/table.ts';

export function addJwkGet(jwk: Command): void {
  projectCommand(jwk, {
    usage: 'get <NAME>',
    summary: 'Show a JWK: what it is, and its public key as JSON and PEM',
    examples: ['jwk get orders', 'jwk get orders --json', 'jwk get orders --private --json'],
  })
    .option('--private', 'with its private members, which is put on record')
    .action(async (name: string, flags: ProjectFlags & { readonly private?: boolean }) => {
      const { client, projectName } = await connectToProject(flags);
      const of = { projectName, jwkName: name };
      const answer = await client.getJwk({ ...of, publicOnly: flags.private ? 'false' : 'true' });
      if (flags.json) return show(flags, answer, () => '');
      const [found] = answer.resultList;
      const [published] = (await client.getJwkPublic(of)).resultList;
      show(flags, answer, () => {
        const members = flags.private
          ? (found?.rsa ?? found?.ec ?? found?.okp ?? found?.oct)
          : published?.jwk;
        const text = members ? `\n${JSON.stringify(members, null, 2)}\n` : '';
        return `${factsOf(found, published)}${text}${published?.pem ? `\n${published.pem}` : ''}`;
      });
    });
}

function factsOf(found: Jwk | undefined, published: PublicJwk | undefined): string {
  return factLines([
    ['Name', found?.name],
    ['Description', found?.description],
    ['Type', found?.type],
    ['kid', found?.kid],
    ['Use', found?.use],
    ['Algorithm', found?.algorithm],
    ['Source', found?.sourceType],
    ['URL', found?.sourceUrl],
    ['Source state', found?.sourceState],
    ['Reason', found?.sourceStateReason],
    ['Not before', shortTime(found?.notBeforeTime)],
    ['Expires', shortTime(found?.expirationTime)],
    ['Created', shortTime(found?.createdAt)],
    ['Updated', shortTime(found?.updatedAt)],
    ['Thumbprint', published?.thumbprint],
    ['Private part', published && (published.hasPrivatePart ? 'stored' : 'none')],
    ...(published?.certificates ?? []).map(
      ({ subjectDn, notAfter }) => ['Certificate', `${subjectDn} (until ${shortTime(notAfter)})`] as const,
    ),
  ]);
}
