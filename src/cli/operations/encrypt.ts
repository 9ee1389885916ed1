import type { Command } from 'commander';
import { show } from '../terminal/output.ts';
import { callNode, type NodeOperationFlags, nodeOperationCommand } from './call-node.ts';
import { objectText, readGivenContent, serializationOption } from './operation-input.ts';

interface EncryptFlags extends NodeOperationFlags {
  readonly enc?: string;
  readonly serialization?: string;
  readonly aad?: string;
  readonly sender?: string;
  readonly apu?: string;
  readonly apv?: string;
  readonly cty?: string;
}

interface EncryptAnswer {
  readonly jwe: string | object;
  readonly kid: string;
}

/** `keyplane encrypt`: a JWE made by a node. */
export function addEncryptCommand(program: Command): void {
  nodeOperationCommand(program, {
    usage: 'encrypt [FILE]',
    summary: 'Have a node encrypt a file or standard input with the active key of a key ring',
    examples: [
      'encrypt --node http://127.0.0.1:8083 --project MyProject --ring messages @order.json > order.jwe',
      'encrypt --jwk partner-enc --enc A256CBC-HS512 --cty JWT @token.txt',
      'encrypt --jwk partner-1pu --sender our-1pu @order.json',
    ],
  })
    .option('--enc <NAME>', 'content encryption, such as A256GCM (default: one that fits the key)')
    .addOption(serializationOption())
    .option('--aad <TEXT>', 'additional authenticated data, for FLATTENED and GENERAL')
    .option('--sender <JWK>', 'the JWK of the sender, for ECDH-1PU')
    .option('--apu <BASE64URL>', 'information on the sender, for ECDH-ES and ECDH-1PU')
    .option('--apv <BASE64URL>', 'information on the receiver, for ECDH-ES and ECDH-1PU')
    .option('--cty <TYPE>', 'content type, JWT where a JWT is encrypted')
    .action(async (given: string | undefined, flags: EncryptFlags) => {
      const { enc, serialization, aad, sender: senderJwkName, apu, apv, cty } = flags;
      const bytes = await readGivenContent(given ?? '-', flags.tokenStdin === true);
      const plaintextBase64 = bytes.toString('base64');
      const body = { plaintextBase64, enc, serialization, aad, senderJwkName, apu, apv, cty };
      const answer = await callNode<EncryptAnswer>('encrypt', flags, body);
      show(flags, answer, { table: () => objectText(answer.jwe) });
    });
}
