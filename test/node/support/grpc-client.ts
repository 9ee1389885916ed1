// A gRPC client of unary calls over a Unix socket, and the messages of `k8s.io/externaljwt` v1 as a separate reader knows them.

import { once } from 'node:events';
import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface GrpcAnswer {
  /** The number of gRPC; NaN where there is none. */
  readonly status: number;
  readonly text: string;
  readonly httpStatus: number;
  readonly message: Buffer;
}

export function grpcClient(socket: string): ClientHttp2Session {
  const session = connect('http://localhost', { createConnection: () => connectSocket(socket) });
  session.on('error', () => undefined);
  onTestFinished(() => session.destroy());
  return session;
}

/** @param body sent as it is, prefix included */
export async function grpcCall(
  session: ClientHttp2Session,
  path: string,
  body: Buffer,
  headers: OutgoingHttpHeaders = {},
): Promise<GrpcAnswer> {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  let known: Record<string, unknown> = {};
  const keep = (received: Record<string, unknown>) => {
    known = { ...known, ...received };
  };
  stream.on('response', keep);
  stream.on('trailers', keep);
  stream.end(body);
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'close');
  const text = String(known['grpc-message'] ?? '');
  return {
    status: Number(known['grpc-status']),
    text: decodeURIComponent(text),
    httpStatus: Number(known[':status']),
    message: Buffer.concat(chunks).subarray(5),
  };
}

export function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

export function signRequest(claims: string): Buffer {
  const octets = Buffer.from(claims);
  const length = [];
  let rest = octets.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([0x0a, ...length, rest]), octets]);
}

/** The fields of a message, numbers and octets, in their order. */
export function fieldsOf(message: Buffer): readonly (readonly [number, number | Buffer])[] {
  const fields: [number, number | Buffer][] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const octet = message.readUInt8(at);
      at += 1;
      value += (octet & 127) * factor;
      if (octet < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const value = varint();
    if ((tag & 7) === 0) fields.push([tag >>> 3, value]);
    else {
      fields.push([tag >>> 3, message.subarray(at, at + value)]);
      at += value;
    }
  }
  return fields;
}
