// A response's body as bytes, decompressed on the way and counted twice: as sent and as decompressed.
// Refuses what is larger than the limit at the first byte beyond it, so a bomb is never unpacked.

import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { isKeyplaneError } from '../../errors.ts';
import { shownText } from '../../names.ts';
import { answerFailure, FetchFailure } from './fetch-failure.ts';

export interface BodyToRead {
  readonly stream: Readable;
  readonly contentEncoding: string | undefined;
  readonly contentLength: string | undefined;
}

export interface BodyLimits {
  /** For the body as it is sent and as it is when decompressed. */
  readonly sizeLimitBytes: number;
  /** Called once, before more than `unreservedBytes` of a body are kept; reading goes on when it resolves. */
  readonly reserve?: (() => Promise<void>) | undefined;
}

export const acceptedEncodings = 'gzip, deflate, br';
const shownEncodingLength = 40;

/** So much of a body is kept without asking for it; most JWK Sets are smaller. */
const unreservedBytes = 128 * 1024;

/**
 * @throws FetchFailure, or what `reserve` throws
 */
export async function readBody(
  body: BodyToRead,
  { sizeLimitBytes, reserve }: BodyLimits,
): Promise<Buffer<ArrayBuffer>> {
  // RFC 9112 section 6.3: a length that lies is not trusted for less, only believed for more.
  if (Number(body.contentLength ?? 0) > sizeLimitBytes) throw tooLarge(sizeLimitBytes);
  const encoding = (body.contentEncoding ?? '').trim().toLowerCase();
  const decoder = decoderFor(encoding);
  if (decoder === undefined) {
    const shown = shownText(encoding.slice(0, shownEncodingLength));
    throw new FetchFailure(
      `responded with the content encoding ${shown}, which is not supported; supported are ${acceptedEncodings}`,
    );
  }
  const chunks: Buffer[] = [];
  let keptBytes = 0;
  const keep = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of limited(source, sizeLimitBytes)) {
      const isFirstAbove = keptBytes <= unreservedBytes && keptBytes + chunk.length > unreservedBytes;
      keptBytes += chunk.length;
      if (isFirstAbove) await reserve?.();
      chunks.push(chunk);
    }
  };
  const asSent = limited(withNamedFailures(body.stream), sizeLimitBytes);
  try {
    if (decoder === 'none') await keep(asSent);
    else await pipeline(asSent, decoder, keep);
  } catch (error) {
    if (error instanceof FetchFailure || isKeyplaneError(error)) throw error;
    // Failures of the connection were thrown above; any other error comes from the decoder.
    throw new FetchFailure(`responded with broken ${encoding} data`, error);
  }
  return Buffer.concat(chunks);
}

/** Large documents come in few pieces: each piece costs a turn of the event loop. */
const decoding = Object.freeze({ chunkSize: 64 * 1024 });

function decoderFor(encoding: string) {
  if (encoding === '' || encoding === 'identity') return 'none';
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip(decoding);
  if (encoding === 'deflate') return createInflate(decoding);
  if (encoding === 'br') return createBrotliDecompress(decoding);
  return undefined;
}

async function* limited(source: AsyncIterable<Buffer>, sizeLimitBytes: number): AsyncGenerator<Buffer> {
  let sizeBytes = 0;
  for await (const chunk of source) {
    sizeBytes += chunk.length;
    if (sizeBytes > sizeLimitBytes) throw tooLarge(sizeLimitBytes);
    yield chunk;
  }
}

async function* withNamedFailures(stream: Readable): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (error) {
    throw answerFailure(error);
  }
}

function tooLarge(sizeLimitBytes: number): FetchFailure {
  return new FetchFailure(`responded with more than ${sizeLimitBytes} bytes`);
}
