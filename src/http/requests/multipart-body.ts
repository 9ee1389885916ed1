// Uploads: multipart/form-data of a few text fields and files, read into one object before the schema looks at it.
// Refused: a part given twice, parts without end, a file that is larger than the route says.

import { isUtf8 } from 'node:buffer';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badRequest, KeyplaneError } from '../../errors.ts';
import { shownText } from '../../names.ts';
import { discardBody } from './discard-body.ts';

export const multipartType = 'multipart/form-data';

export interface MultipartLimits {
  readonly fileBytes: number;
  /** Files that are no text arrive as their base64. Otherwise they are refused. */
  readonly takesBinaryFiles?: true;
}

const fieldBytes = 64 * 1024;
const mostParts = 20;
const partHeaderPairs = 10;

/** In place of all parsers of this scope: its routes take uploads and nothing else. */
export async function parseMultipartBodies(app: FastifyInstance, limits: MultipartLimits): Promise<void> {
  const { fileBytes } = limits;
  app.removeAllContentTypeParsers();
  const parts = { parts: mostParts, fields: mostParts, files: mostParts, headerPairs: partHeaderPairs };
  await app.register(multipart, {
    limits: { ...parts, fieldNameSize: 100, fieldSize: fieldBytes, fileSize: fileBytes },
  });
  app.addHook('preValidation', async (request) => {
    if (!request.isMultipart()) {
      const text = `Content-Type is not supported! Send ${multipartType}`;
      throw new KeyplaneError('unsupported_media_type', text);
    }
    request.body = await readParts(request, limits);
  });
}

/** Text of every part, by name. An empty part is absent. */
async function readParts(
  request: FastifyRequest,
  { fileBytes, takesBinaryFiles }: MultipartLimits,
): Promise<Record<string, string>> {
  const members = new Map<string, string>();
  let bytesLeft = request.routeOptions.bodyLimit;
  try {
    for await (const part of request.parts()) {
      const name: string | undefined = part.fieldname;
      if (name === undefined) throw badRequest('A part of the upload has no name!');
      if (members.has(name)) throw faultOf(name, 'is given twice');
      // The parser cuts a long field off unsaid, and half of a file is another file.
      if (part.type === 'field' && part.valueTruncated) throw uploadTooLarge(fileBytes);
      const value = part.type === 'file' ? await part.toBuffer() : part.value;
      bytesLeft -= Buffer.isBuffer(value) || typeof value === 'string' ? value.length : 0;
      if (bytesLeft < 0) throw uploadTooLarge(fileBytes);
      const isBinary = takesBinaryFiles === true && Buffer.isBuffer(value) && !isUtf8(value);
      members.set(name, isBinary ? value.toString('base64') : textOf(name, value));
    }
  } catch (error) {
    discardBody(request);
    throw publicError(error, fileBytes);
  }
  return Object.fromEntries([...members].filter(([name, value]) => value !== '' && name !== '__proto__'));
}

function faultOf(name: string, what: string): KeyplaneError {
  const member = shownText(name);
  return badRequest(`${member} ${what}!`, { reason: 'FIELD_NOT_VALID', member });
}

function textOf(name: string, value: unknown): string {
  if (Buffer.isBuffer(value)) {
    if (!isUtf8(value)) throw faultOf(name, 'is not a text file');
    return value.toString('utf8');
  }
  if (typeof value !== 'string' || value.includes('\0')) throw faultOf(name, 'is not text');
  // The parser puts it in place of octets that are no UTF-8.
  if (value.includes('\ufffd'))
    throw faultOf(name, 'is not valid UTF-8, or has the replacement character U+FFFD');
  return value;
}

const tooLarge = new Set([
  'FST_REQ_FILE_TOO_LARGE',
  'FST_PARTS_LIMIT',
  'FST_FILES_LIMIT',
  'FST_FIELDS_LIMIT',
]);

function publicError(error: unknown, fileBytes: number): unknown {
  if (error instanceof KeyplaneError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (tooLarge.has(code)) {
    return uploadTooLarge(fileBytes, error);
  }
  // What is left are parts that end too early or have no boundary: nothing that we could have caused.
  return badRequest('Request body is not valid multipart/form-data!', { cause: error });
}

function uploadTooLarge(fileBytes: number, cause?: unknown): KeyplaneError {
  const accepted = `A file takes ${fileBytes} bytes, another part ${fieldBytes}, a request ${mostParts} parts`;
  return new KeyplaneError('payload_too_large', `The upload is too large! ${accepted}`, { cause });
}
