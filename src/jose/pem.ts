// PEM as RFC 7468 §3 has it: BEGIN line, base64, END line of the same label. Text before a block is explanation and
// is passed over; text behind the last block, headers inside one, and anything that is not base64 are refused.

import type { Buffer } from 'node:buffer';
import { badRequest } from '../errors.ts';
import { shown } from './jwk.ts';
import { decodeBase64 } from './members/base64url.ts';

export interface PemBlock {
  readonly label: string;
  readonly der: Buffer;
}

const longestText = 1_048_576;
const mostBlocks = 32;
const boundary = /^-----(BEGIN|END) ([A-Z0-9][A-Z0-9 .#/_-]*)-----$/;

/**
 * One block or more, in their order.
 * @param what stands at the head of each message, such as "Key content"
 * @throws KeyplaneError bad_request
 */
export function parsePem(text: string, what: string): PemBlock[] {
  if (text.length > longestText)
    throw badRequest(`${what} has ${text.length} characters; at most ${longestText} are accepted`);
  const blocks: PemBlock[] = [];
  let open: { label: string; lines: string[] } | undefined;
  let outside = '';
  for (const rawLine of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    const line = rawLine.trim();
    const [, edge, label = ''] = boundary.exec(line) ?? [];
    if (open === undefined) {
      if (edge === 'END') throw badRequest(`${what} has an END ${shown(label)} line without its BEGIN line`);
      if (edge === 'BEGIN') [open, outside] = [{ label, lines: [] }, ''];
      else outside += line;
    } else if (edge === undefined) {
      open.lines.push(line);
    } else {
      if (edge === 'BEGIN' || label !== open.label)
        throw badRequest(`${what} has no END line for BEGIN ${shown(open.label)}`);
      if (blocks.push(readBlock(open, what)) > mostBlocks)
        throw badRequest(`${what} has more than ${mostBlocks} PEM blocks`);
      open = undefined;
    }
  }
  if (open !== undefined)
    throw badRequest(`${what} has no END line for BEGIN ${shown(open.label)}; is it cut off?`);
  if (blocks.length === 0)
    throw badRequest(
      `${what} holds no PEM block! It begins with a line of its own, such as -----BEGIN CERTIFICATE-----`,
    );
  if (outside !== '')
    throw badRequest(`${what} has text behind its last PEM block; nothing may follow the END line`);
  return blocks;
}

function readBlock({ label, lines }: { label: string; lines: readonly string[] }, what: string): PemBlock {
  // RFC 1421 §4.6.1.1, still written by `openssl rsa -aes256 -traditional`.
  if (lines.some((line) => /^(Proc-Type:.*ENCRYPTED|DEK-Info:)/.test(line))) throw encryptedKey(what);
  if (lines.some((line) => line.includes(':')))
    throw badRequest(`${what} has headers inside its PEM block, which is not accepted`);
  const der = decodeBase64(lines.join(''));
  if (der === undefined)
    throw badRequest(`${what} is damaged: what stands in its ${shown(label)} block is not base64`);
  return { label, der };
}

export function encryptedKey(what: string): Error {
  return badRequest(
    `${what} is an encrypted private key! Decrypt it first, for example with: openssl pkey -in encrypted.pem -out key.pem`,
  );
}
