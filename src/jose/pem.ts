// PEM as RFC 7468 §3 has it: BEGIN line, base64, END line of the same label. Text before a block is explanation and
// is passed over; text behind the last block, headers inside one, and anything that is not base64 are refused.
// Line breaks that were lost, or that became the two characters \n in a JSON string or an environment variable, are
// restored. The headers of an encrypted block (RFC 1421 §4.6.1.1) are read.

import { Buffer } from 'node:buffer';
import { badRequest } from '../errors.ts';
import { decodeBase64 } from './members/base64url.ts';
import { shown } from './shown.ts';

export interface PemBlock {
  readonly label: string;
  /** Encrypted where `encryption` is there. */
  readonly der: Buffer;
  /** The value of DEK-Info: an algorithm and, behind a comma, hexadecimal parameters. */
  readonly encryption?: string;
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
  for (const rawLine of restoredLines(text)) {
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
      `${what} holds no PEM block! A block is a line -----BEGIN and a label-----, lines of base64, and a line -----END and the same label-----`,
    );
  if (outside !== '')
    throw badRequest(`${what} has text behind its last PEM block; nothing may follow the END line`);
  return blocks;
}

/**
 * Text of a PEM file in UTF-8, or in UTF-16 with its byte order mark, as `>` of Windows PowerShell writes it.
 * Undefined where it holds no block.
 */
export function pemTextOf(octets: Buffer): string | undefined {
  const text = decodeText(octets);
  return text.includes('-----BEGIN') ? text : undefined;
}

/** UTF-8, or UTF-16 behind its byte order mark. */
export function decodeText(octets: Buffer): string {
  const [first, second] = octets;
  if (first === 0xff && second === 0xfe) return octets.toString('utf16le', 2);
  if (first === 0xfe && second === 0xff && octets.length % 2 === 0)
    return Buffer.from(octets).swap16().toString('utf16le', 2);
  return octets.toString('utf8');
}

/** The two headers of an encrypted block. The length of the IV shows where they end if the line breaks are lost. */
const encryptionHeaders =
  /(Proc-Type:\s*4,\s*ENCRYPTED)\s*(DEK-Info:\s*(?:(?:DES|RC2|BF|CAST5|IDEA)[\w-]*,[0-9A-Fa-f]{16}|[\w-]+,[0-9A-Fa-f]{32}))/g;
const boundaryInText = /-----(?:BEGIN|END) [A-Z0-9][A-Z0-9 .#/_-]*?-----/g;

/** The lines, with each boundary on its own line. */
function restoredLines(text: string): string[] {
  const unescaped = /-----BEGIN [^\n]*\\n/.test(text) ? text.replace(/\\r\\n|\\n|\\r/g, '\n') : text;
  return unescaped
    .replace(/^\ufeff/, '')
    .replace(/^\s*"|"\s*$/g, '')
    .replace(boundaryInText, '\n$&\n')
    .replace(encryptionHeaders, '$1\n$2\n')
    .split(/\r\n|\n|\r/);
}

function readBlock({ label, lines }: { label: string; lines: readonly string[] }, what: string): PemBlock {
  const isHeader = (line: string) => line.includes(':');
  const headers = lines.filter(isHeader);
  // RFC 1421 §4.6.1.1, still written by `openssl rsa -aes256 -traditional`.
  const [encryption] = headers.flatMap((line) => /^DEK-Info:\s*(.+)$/.exec(line)?.[1] ?? []);
  const isEncrypted = headers.some((line) => /^Proc-Type:.*ENCRYPTED/.test(line));
  if (isEncrypted && encryption === undefined)
    throw badRequest(`${what} is damaged: its encrypted block has no line DEK-Info (RFC 1421 §4.6.1.3)`);
  if (!isEncrypted && headers.length > 0)
    throw badRequest(`${what} has headers inside its PEM block, which is not accepted`);
  const der = decodeBase64(
    lines
      .filter((line) => !isHeader(line))
      .join('')
      .replace(/[ \t]/g, ''),
  );
  if (der === undefined)
    throw badRequest(`${what} is damaged: what stands in its ${shown(label)} block is not base64`);
  return isEncrypted && encryption !== undefined ? { label, der, encryption } : { label, der };
}

/** Writes one PEM block. */
export function writePem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
