// Bodies of requests for operations, with bounds on each and on all of them together.

import type { IncomingMessage } from 'node:http';
import type { OperationFault } from './operation-fault.ts';

const mostBytes = 1024 * 1024;
/** What is read of a body that is too large, so that its sender gets the answer before the connection ends. */
const mostDiscardedBytes = 16 * mostBytes;
/** Of all bodies that are being read. */
const mostHeldBytes = 64 * mostBytes;

let heldBytes = 0;

/**
 * @param onContinue asks a client that waits for it to send its body
 * @returns undefined where the client ended the connection
 */
export function readBody(
  request: IncomingMessage,
  onContinue: (() => void) | undefined,
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
  return collect(request);
}

function collect(request: IncomingMessage): Promise<Buffer | OperationFault | undefined> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let held = 0;
    let fault: OperationFault | undefined;
    const settle = (body: Buffer | OperationFault | undefined) => {
      heldBytes -= held;
      held = 0;
      resolve(body);
    };
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (fault === undefined) {
        if (bytes > mostBytes) fault = tooLarge;
        else if (heldBytes + chunk.length > mostHeldBytes) fault = tooBusy;
      }
      if (fault === undefined) {
        chunks.push(chunk);
        held += chunk.length;
        heldBytes += chunk.length;
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
