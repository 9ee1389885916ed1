import type { Command } from 'commander';
import type { JwkDetail, PublicJwk } from '../../../clients/typescript/src/index.ts';
import { keyTypeMember } from '../../jose/key-type-name.ts';
import { exactTimeText, timeAndDistance } from '../../runtime/time-text.ts';
import { projectCommand } from '../client-command.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { show } from '../terminal/output.ts';
import { listFormats, outputFormatOf } from '../terminal/output-format.ts';
import { factLines } from '../terminal/table.ts';

export function addJwkGet(jwk: Command): void {
  projectCommand(jwk, {
    usage: 'get <NAME>',
    summary: 'Show a JWK and its public key as JSON and PEM',
    examples: ['jwk get orders', 'jwk get orders --output yaml', 'jwk get orders --private --output json'],
    completes: ['jwks'],
    formats: listFormats,
  })
    .option('--private', 'show private members too; the audit log records the access')
    .action(async (name: string, flags: ProjectFlags & { readonly private?: boolean }) => {
      const format = outputFormatOf(flags);
      const { client, projectName } = await connectToProject(flags);
      const of = { projectName, jwkName: name };
      const answer = await client.getJwk({ ...of, publicOnly: flags.private ? 'false' : 'true' });
      const [found] = answer.resultList;
      const isForPerson = format === 'table' || format === 'wide';
      const [published] = isForPerson ? (await client.getJwkPublic(of)).resultList : [];
      const text = (isExact: boolean) => {
        const members = flags.private ? found?.[keyTypeMember(found.type)] : published?.jwk;
        const json = members ? `\n${JSON.stringify(members, null, 2)}\n` : '';
        return `${factsOf(found, published, isExact)}${json}${published?.pem ? `\n${published.pem}` : ''}`;
      };
      show(flags, answer, {
        table: () => text(false),
        wide: () => text(true),
        names: () => answer.resultList.map((one) => one.name),
      });
    });
}

function factsOf(found: JwkDetail | undefined, published: PublicJwk | undefined, isExact: boolean): string {
  const time = (instant: string | null | undefined) =>
    isExact ? exactTimeText(instant) : timeAndDistance(instant);
  return factLines([
    ['Name', found?.name],
    ['Description', found?.description],
    ['Type', found?.type],
    [found?.curve ? 'Curve' : 'Bits', found?.curve ?? found?.size],
    ['kid', found?.kid],
    ['Use', found?.use],
    ['Algorithm', found?.algorithm],
    ['Source', found?.sourceType],
    ['Source environment', found?.sourceEnvironmentName],
    ['Source alias', found?.sourceAliasName],
    ['URL', found?.sourceUrl],
    ['Source state', found?.sourceState],
    ['Reason', found?.sourceStateReason],
    ['Refreshed every', found?.refreshInterval],
    ['Next refresh', time(found?.nextRefreshAt)],
    ['Not before', time(found?.notBeforeTime)],
    ['Expires', time(found?.expirationTime)],
    ['Created', time(found?.createdAt)],
    ['Updated', time(found?.updatedAt)],
    ['Thumbprint', published?.thumbprint],
    ['Private key', published && (published.hasPrivatePart ? 'stored' : 'none')],
    ...(published?.certificates ?? []).map(
      ({ subjectDn, notAfter }) => ['Certificate', `${subjectDn} (until ${time(notAfter)})`] as const,
    ),
  ]);
}
