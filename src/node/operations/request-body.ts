// Bodies of requests for operations, with bounds on each and on all of them together.

import type { IncomingMessage } from 'node:http';
import type { OperationFault } from './operation-fault.ts';

const mostBytes = 1024 * 1024;
/** What is read of a body that is too large, so that its sender gets the response before the connection ends. */
const mostDiscardedBytes = 16 * mostBytes;
/** Of all bodies that are being read. */
const mostHeldBytes = 64 * mostBytes;
/** Of these, those of one application. */
const mostHeldBytesOfApplication = mostHeldBytes / 2;
/** A body up to here is read however many others are: the requests in progress are bounded too. */
const smallBytes = 16 * 1024;

let heldBytes = 0;
const heldBytesOf = new Map<string, number>();

export interface BodyReader {
  readonly applicationId: string;
  /** Asks a client that waits for it to send its body. */
  readonly onContinue: (() => void) | undefined;
}

/**
 * @returns undefined where the client ended the connection
 */
export function readRequestBody(
  request: IncomingMessage,
  { applicationId, onContinue }: BodyReader,
): Promise<Buffer | OperationFault | undefined> {
  const { 'content-type': type, 'content-length': length, 'content-encoding': encoding } = request.headers;
  if (type !== undefined && !jsonPattern.test(type)) return Promise.resolve(notJson);
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return Promise.resolve(isEncoded);
  const announced = length === undefined ? 0 : Number(length);
  if (onContinue !== undefined) {
    if (announced > mostBytes) return Promise.resolve(tooLarge);
    onContinue();
  }
  if (announced > mostDiscardedBytes) return Promise.resolve(tooLarge);
  return collect(request, applicationId);
}

function hasRoom(applicationId: string, bytes: number): boolean {
  const own = heldBytesOf.get(applicationId) ?? 0;
  return heldBytes + bytes <= mostHeldBytes && own + bytes <= mostHeldBytesOfApplication;
}

function hold(applicationId: string, bytes: number): void {
  heldBytes += bytes;
  const own = (heldBytesOf.get(applicationId) ?? 0) + bytes;
  if (own > 0) heldBytesOf.set(applicationId, own);
  else heldBytesOf.delete(applicationId);
}

function collect(
  request: IncomingMessage,
  applicationId: string,
): Promise<Buffer | OperationFault | undefined> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let held = 0;
    let fault: OperationFault | undefined;
    const settle = (body: Buffer | OperationFault | undefined) => {
      hold(applicationId, -held);
      held = 0;
      resolve(body);
    };
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (fault === undefined) {
        if (bytes > mostBytes) fault = tooLarge;
        else if (bytes > smallBytes && !hasRoom(applicationId, chunk.length)) fault = tooBusy;
      }
      if (fault === undefined) {
        chunks.push(chunk);
        held += chunk.length;
        hold(applicationId, chunk.length);
        return;
      }
      chunks = [];
      if (bytes > mostDiscardedBytes) settle(fault);
    });
    request.on('end', () => settle(fault ?? (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))));
    request.on('close', () => settle(undefined));
    request.on('error', () => settle(undefined));
  });
}

const jsonPattern = /^application\/json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i;
const notJson: OperationFault = {
  status: 415,
  code: 'unsupported_media_type',
  text: 'Content-Type is not supported! Accepted: application/json',
  reason: 'MEDIA_TYPE_NOT_SUPPORTED',
};
const isEncoded: OperationFault = {
  ...notJson,
  text: 'Content-Encoding is not supported! Send the body as it is.',
};
const tooLarge: OperationFault = {
  status: 413,
  code: 'payload_too_large',
  text: `Request body is larger than ${mostBytes} bytes!`,
  reason: 'PAYLOAD_TOO_LARGE',
  closes: true,
};
const tooBusy: OperationFault = {
  status: 503,
  code: 'unavailable',
  text: 'This node reads too many large requests at the moment! Try again.',
  reason: 'UNAVAILABLE',
  retryAfterSeconds: 1,
};
