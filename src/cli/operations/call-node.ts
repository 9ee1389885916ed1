// Calls the operations listener of a node as an application. The application's token comes from the environment or from
// standard input, never from an argument, which every user of the machine can read.

import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Command } from 'commander';
import { processEnvironment } from '../../config.ts';
import { isLoopback } from '../../runtime/loopback.ts';
import { request as httpRequest } from '../../runtime/node-http.ts';
import { addCommand, type CommandSpec } from '../client-command.ts';
import { CliFailure, type ExitCode, exitCode, wrongUsage } from '../failure.ts';
import { addOutputOptions, documentFormats, type OutputFlags } from '../terminal/output-format.ts';
import { sanitize } from '../terminal/sanitize.ts';
import { readSecret } from '../terminal/secret.ts';

export interface NodeFlags extends OutputFlags {
  readonly node?: string;
  readonly socket?: string;
  readonly project?: string;
  readonly tokenStdin?: boolean;
}

export interface NodeOperationFlags extends NodeFlags {
  readonly ring?: string;
  readonly jwk?: string;
}

export type OperationPath = 'sign' | 'verify' | 'encrypt' | 'decrypt' | 'mac' | 'mac/verify';

/** A command that has an operation with a key done at a node. */
export function nodeOperationCommand(program: Command, spec: CommandSpec): Command {
  return nodeCommand(program, spec)
    .option('--ring <NAME>', 'the key ring')
    .option('--jwk <NAME>', 'a JWK outside a key ring, instead of one');
}

/** A command that calls the operations listener of a node. */
export function nodeCommand(program: Command, spec: CommandSpec): Command {
  return addOutputOptions(addCommand(program, spec).optionsGroup('Output:'), documentFormats)
    .optionsGroup('Node:')
    .option('--node <URL>', 'address of its operations listener [KEYPLANE_OPERATIONS_URL]')
    .option('--socket <PATH>', 'its socket, instead of an address')
    .option(
      '--token-stdin',
      'read the token of the application, or its JWT, from standard input [KEYPLANE_APPLICATION_TOKEN]',
    )
    .optionsGroup('Options:')
    .option('-p, --project <NAME>', 'the project [KEYPLANE_PROJECT]');
}

interface RefusedAnswer {
  readonly error?: string;
  readonly error_description?: string;
}

/** An operation with a key. @returns the response. @throws CliFailure */
export async function callNode<Answer>(
  operation: OperationPath,
  flags: NodeOperationFlags,
  body: object,
): Promise<Answer> {
  return postToNode(flags, pathOfKey(operation, flags), body);
}

/**
 * @param path below the project
 * @throws CliFailure
 */
export async function postToNode<Answer>(
  flags: NodeFlags,
  names: readonly string[],
  body: object,
): Promise<Answer> {
  const path = `/${['projects', projectOf(flags), ...names].map(encodeURIComponent).join('/')}`;
  const address = addressOf(flags);
  const token = await readSecret({
    text: 'Token of the application',
    variable: 'KEYPLANE_APPLICATION_TOKEN',
    stdinFlag: '--token-stdin',
    fromStdin: flags.tokenStdin,
  });
  const { status, text } = await send(address, path, { token: token.trim(), body: JSON.stringify(body) });
  const answer = parsed(text);
  if (status === 200 && answer !== undefined) return answer as Answer;
  const { error_description: reason } = (answer ?? {}) as RefusedAnswer;
  throw new CliFailure(
    reason === undefined ? `${address.shown} responded with ${status}` : sanitize(reason),
    exitCodeOf(status),
  );
}

function projectOf({ project }: NodeFlags): string {
  const projectName = project ?? processEnvironment().KEYPLANE_PROJECT;
  if (!projectName) throw wrongUsage('Which project? Add --project, or set KEYPLANE_PROJECT');
  return projectName;
}

function pathOfKey(operation: OperationPath, { ring, jwk }: NodeOperationFlags): readonly string[] {
  if ((ring === undefined) === (jwk === undefined))
    throw wrongUsage('Exactly one of --ring and --jwk is required');
  const key = ring === undefined ? ['jwks', jwk ?? ''] : ['key-rings', ring];
  return [...key, ...operation.split('/')];
}

interface NodeAddress {
  readonly url: URL;
  readonly socketPath: string | undefined;
  readonly shown: string;
}

function addressOf({ node, socket }: NodeFlags): NodeAddress {
  if (socket !== undefined && node !== undefined)
    throw wrongUsage('Only one of --node and --socket is accepted');
  if (socket !== undefined) return { url: new URL('http://localhost'), socketPath: socket, shown: socket };
  const text = node ?? processEnvironment().KEYPLANE_OPERATIONS_URL;
  if (!text) {
    throw wrongUsage(
      'Which node? Add --node with the address of its operations listener, or --socket with its path',
    );
  }
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw wrongUsage('--node is not valid: http(s)://host:port is accepted');
  }
  // A node offers nothing to other machines without TLS, so this would be another server.
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw wrongUsage('--node is plain http to another machine, where others could read the token: use https');
  }
  return { url, socketPath: undefined, shown: text };
}

function send(
  { url, socketPath, shown }: NodeAddress,
  path: string,
  { token, body }: { readonly token: string; readonly body: string },
): Promise<{ readonly status: number; readonly text: string }> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const unreachable = (error: Error) =>
      reject(new CliFailure(`${shown} is unreachable: ${error.message}`, exitCode.unreachable));
    const sent = request(
      new URL(path, url),
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
        ...(socketPath !== undefined && { socketPath }),
      },
      (response: IncomingMessage) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', unreachable);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    sent.once('error', unreachable);
    sent.end(body);
  });
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return exitCode.forbidden;
  if (status === 404) return exitCode.notFound;
  return status === 503 ? exitCode.unreachable : exitCode.failed;
}
