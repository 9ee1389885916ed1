import type { Command } from 'commander';
import { addCommand, addConnectionOptions, addProjectOption } from '../client-command.ts';
import { choiceOption } from '../flag-values.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { type OutFlags, outOptions, requireFreeFile, writeFileOrOutput } from '../terminal/out-file.ts';

interface ExportFlags extends ProjectFlags, OutFlags {
  readonly public?: boolean;
  readonly format?: 'jwk' | 'pem';
}

export function addJwkExport(jwk: Command): void {
  const command = addCommand(jwk, {
    usage: 'export <NAME>',
    summary:
      'Export a JWK as a JWK Set or PEM; the private key too unless --public is given, which the audit log records',
    examples: [
      'jwk export orders --public',
      'jwk export orders --public --format pem --out orders.pem',
      'jwk export orders --out orders.json',
    ],
    completes: ['jwks'],
  });
  addProjectOption(addConnectionOptions(command))
    .option('--public', 'only the public key')
    .addOption(choiceOption('--format <FORMAT>', 'format of the file (default: jwk)', ['jwk', 'pem']));
  outOptions(command).action(async (name: string, flags: ExportFlags) => {
    requireFreeFile(flags);
    const { client, projectName } = await connectToProject(flags);
    const publicOnly = flags.public ? 'true' : 'false';
    const file = await client.exportJwkFile({ projectName, jwkName: name, publicOnly, format: flags.format });
    await writeFileOrOutput(flags, file);
  });
}
