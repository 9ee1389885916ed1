import type { Command } from 'commander';
import { exitCode } from '../failure.ts';
import { show } from '../terminal/output.ts';
import { callNode, type NodeOperationFlags, nodeOperationCommand } from './call-node.ts';
import { readGivenContent } from './operation-input.ts';

interface MacFlags extends NodeOperationFlags {
  readonly verify?: string;
}

/** `keyplane mac`: the MAC of a file, or whether one is right. */
export function addMacCommand(program: Command): void {
  nodeOperationCommand(program, {
    usage: 'mac [FILE]',
    summary: 'Have a node compute or verify the MAC (HS256, HS384, HS512) of a file or standard input',
    examples: [
      'mac --node http://127.0.0.1:8083 --project MyProject --jwk webhook @body.json',
      'mac --jwk webhook --verify 3q2+7w== @body.json',
    ],
  })
    .option('--verify <BASE64>', 'the MAC to verify; exit code 1 where it is another')
    .action(async (given: string | undefined, flags: MacFlags) => {
      const dataBase64 = (await readGivenContent(given ?? '-', flags.tokenStdin === true)).toString('base64');
      if (flags.verify === undefined) {
        const answer = await callNode<{ readonly macBase64: string }>('mac', flags, { dataBase64 });
        return show(flags, answer, { table: () => `${answer.macBase64}\n` });
      }
      const body = { dataBase64, macBase64: flags.verify };
      const answer = await callNode<{ readonly valid: boolean }>('mac/verify', flags, body);
      show(flags, answer, { table: () => (answer.valid ? 'valid\n' : 'not valid\n') });
      if (!answer.valid) process.exitCode = exitCode.failed;
    });
}
