// gRPC over HTTP/2 without TLS, as far as a service of unary calls needs it: one message each way, status in the trailers.

import { Buffer } from 'node:buffer';
import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';

/** The codes of gRPC that responses have. */
export const grpcStatus = Object.freeze({
  OK: 0,
  INVALID_ARGUMENT: 3,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const);
export type GrpcStatus = Exclude<keyof typeof grpcStatus, 'OK'>;

/** What a method throws; `message` is sent to the client. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly status: GrpcStatus;

  constructor(status: GrpcStatus, message: string) {
    super(message);
    this.status = status;
  }
}

/** By path, such as `/v1.ExternalJWTSigner/Sign`. */
export type GrpcMethods = ReadonlyMap<string, (message: Buffer) => Buffer | Promise<Buffer>>;

export interface GrpcServer {
  readonly server: Http2Server;
  /** Calls that run are completed, for a moment. */
  close(): Promise<void>;
}

/** A flag whether it is compressed, and its length in four octets. */
const prefixOctets = 5;
const mostMessageOctets = 1024 * 1024;
const mostCalls = 100;
/** A client that sends no whole message within this time is cut off. */
const callTimeoutMs = 30_000;
const closeTimeoutMs = 2_000;
const contentType = 'application/grpc';

export interface GrpcObserver {
  /** What a method threw that is no GrpcError: the client learns nothing about it. */
  onError(error: unknown): void;
  /** @param path of a method of the server, or `other` */
  onAnswer(path: string, status: 'OK' | GrpcStatus): void;
}

export function createGrpcServer(methods: GrpcMethods, { onError, onAnswer }: GrpcObserver): GrpcServer {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer({
    settings: { maxConcurrentStreams: mostCalls, enablePush: false },
    maxSessionMemory: 16,
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    // A client that breaks the protocol ends its own connection.
    session.on('error', () => session.destroy());
  });
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    stream.setTimeout(callTimeoutMs, () => stream.close(constants.NGHTTP2_CANCEL));
    const path = headers[':path'] ?? '';
    const observe = (status: 'OK' | GrpcStatus) => onAnswer(methods.has(path) ? path : 'other', status);
    answer(stream, headers, methods)
      .then((isAnswered) => isAnswered && observe('OK'))
      .catch((error: unknown) => {
        if (!(error instanceof GrpcError)) onError(error);
        const known = error instanceof GrpcError ? error : new GrpcError('INTERNAL', 'The signer failed!');
        observe(known.status);
        refuse(stream, known);
      });
  });

  return {
    server,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.close();
      const timer = setTimeout(() => {
        for (const session of sessions) session.destroy();
      }, closeTimeoutMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** @returns whether a method responded: not where the client ended the call, or what came is no gRPC */
async function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  methods: GrpcMethods,
): Promise<boolean> {
  if (!headers['content-type']?.startsWith(contentType)) {
    stream.respond({ ':status': 415 }, { endStream: true });
    stream.close(constants.NGHTTP2_NO_ERROR);
    return false;
  }
  const path = headers[':path'] ?? '';
  const method = headers[':method'] === 'POST' ? methods.get(path) : undefined;
  if (method === undefined) throw new GrpcError('UNIMPLEMENTED', 'This signer has no such method!');
  const message = await readMessage(stream);
  if (message === undefined) return false;
  const reply = await method(message);
  if (stream.destroyed || stream.closed) return false;
  stream.respond({ ':status': 200, 'content-type': contentType }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(grpcStatus.OK) }));
  stream.end(framed(reply));
  return true;
}

/** Undefined where the client ended the call. @throws GrpcError */
async function readMessage(stream: ServerHttp2Stream): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let octets = 0;
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      octets += chunk.length;
      if (octets > prefixOctets + mostMessageOctets) {
        throw new GrpcError('RESOURCE_EXHAUSTED', `The request is larger than ${mostMessageOctets} bytes!`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof GrpcError) throw error;
    return undefined;
  }
  const body = Buffer.concat(chunks);
  if (body.length < prefixOctets || body.readUInt32BE(1) !== body.length - prefixOctets) {
    throw new GrpcError('INTERNAL', 'The request is not one whole message!');
  }
  if (body[0] !== 0) throw new GrpcError('UNIMPLEMENTED', 'Compressed messages are not supported!');
  return body.subarray(prefixOctets);
}

function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(prefixOctets);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function refuse(stream: ServerHttp2Stream, { status, message }: GrpcError): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  const headers = {
    ':status': 200,
    'content-type': contentType,
    'grpc-status': String(grpcStatus[status]),
    'grpc-message': percentEncoded(message),
  };
  stream.respond(headers, { endStream: true });
  // What the client still sends is not read.
  if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
}

/** Every octet but printable ASCII, and the percent sign. */
function percentEncoded(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/[^ -$&-~]/g, (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
