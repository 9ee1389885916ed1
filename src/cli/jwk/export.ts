import { type Command, Option } from 'commander';
import { projectCommand } from '../client-command.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { type OutFlags, outOptions, refuseTakenFile, writeFileOrOutput } from '../terminal/out-file.ts';

interface ExportFlags extends ProjectFlags, OutFlags {
  readonly public?: boolean;
  readonly format?: 'jwk' | 'pem';
}

export function addJwkExport(jwk: Command): void {
  const command = projectCommand(jwk, {
    usage: 'export <NAME>',
    summary:
      'Export a JWK as a JWK Set or PEM; without --public its private half too, which is put on record',
    examples: [
      'jwk export orders --public',
      'jwk export orders --public --format pem --out orders.pem',
      'jwk export orders --out orders.json',
    ],
  })
    .option('--public', 'only the public half')
    .addOption(new Option('--format <FORMAT>', 'jwk unless given').choices(['jwk', 'pem']));
  outOptions(command).action(async (name: string, flags: ExportFlags) => {
    refuseTakenFile(flags);
    const { client, projectName } = await connectToProject(flags);
    const publicOnly = flags.public ? 'true' : 'false';
    const file = await client.exportJwkFile({ projectName, jwkName: name, publicOnly, format: flags.format });
    await writeFileOrOutput(flags, file);
  });
}
