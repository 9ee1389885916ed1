import { Buffer, isUtf8 } from 'node:buffer';
import type { Command } from 'commander';
import { type OutFlags, outOptions, requireFreeFile, writeFileOrOutput } from '../terminal/out-file.ts';
import { show } from '../terminal/output.ts';
import { isForProgram } from '../terminal/output-format.ts';
import { callNode, type NodeOperationFlags, nodeOperationCommand } from './call-node.ts';
import { readGivenObject } from './operation-input.ts';

interface DecryptFlags extends NodeOperationFlags, OutFlags {
  readonly sender?: string;
}

interface DecryptAnswer {
  readonly plaintextBase64: string;
  readonly header: object;
  readonly kid: string;
}

/** `keyplane decrypt`: the content of a JWE, opened by a node. */
export function addDecryptCommand(program: Command): void {
  const command = nodeOperationCommand(program, {
    usage: 'decrypt [JWE]',
    summary: 'Have a node decrypt a JWE and write its content',
    examples: [
      'decrypt --node http://127.0.0.1:8083 --project MyProject --ring messages @order.jwe > order.json',
      'decrypt --jwk our-1pu --sender partner-1pu @order.jwe --output json',
    ],
  }).option('--sender <JWK>', 'the JWK of the sender, for ECDH-1PU');
  outOptions(command).action(async (given: string | undefined, flags: DecryptFlags) => {
    requireFreeFile(flags);
    const jwe = await readGivenObject(given, flags.tokenStdin === true);
    const answer = await callNode<DecryptAnswer>('decrypt', flags, { jwe, senderJwkName: flags.sender });
    if (isForProgram(flags)) return show(flags, answer, { table: () => '' });
    const bytes = Buffer.from(answer.plaintextBase64, 'base64');
    const mediaType = isUtf8(bytes) ? 'text/plain' : 'application/octet-stream';
    return writeFileOrOutput(flags, { name: 'The content', mediaType, bytes });
  });
}
