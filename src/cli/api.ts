// `keyplane api`: any operation of the API by its name in openapi.json, also one without a command.

import type { Command } from 'commander';
import { type CallOptions, createClient, type DownloadedFile } from '../../clients/typescript/src/index.ts';
import { type OperationFacts, operations } from '../../clients/typescript/src/operations.ts';
import { clientCommand } from './client-command.ts';
import { CliFailure, exitCode, wrongUsage } from './failure.ts';
import { type ConnectionFlags, findAddress } from './session/connection.ts';
import { readInput, readJsonInput } from './terminal/input.ts';
import { type OutFlags, outOptions, requireFreeFile, writeFileOrOutput } from './terminal/out-file.ts';
import { show, write } from './terminal/output.ts';
import { textTable } from './terminal/table.ts';

interface ApiFlags extends ConnectionFlags, OutFlags {
  readonly param: readonly string[];
  readonly body?: string;
  readonly field: readonly string[];
  readonly idempotencyKey?: string;
  readonly list?: boolean;
}

/** Endpoints beside the API: open to everyone, and text. */
const systemPaths: Readonly<Record<string, string>> = Object.freeze({
  health: '/healthz',
  readiness: '/readyz',
  metrics: '/metrics',
  openapi: '/openapi.json',
});

const table: Readonly<Record<string, OperationFacts>> = operations;

export function addApiCommand(program: Command): void {
  const gather = (text: string, before: readonly string[]) => [...before, text];
  const command = clientCommand(program, {
    usage: 'api [OPERATION]',
    completes: ['operations'],
    formats: ['json', 'yaml'],
    summary: 'Call an operation of the API by its name in openapi.json and print the response',
    examples: [
      'api --list',
      'api listJwks --param projectName=MyProject --param size=10',
      'api createProject --body \'{"name": "Orders"}\'',
      'api generateJwk --param projectName=MyProject --body @key.json',
      'api importJwkFile --param projectName=MyProject --field jwkName=orders --field jwkFile=@jwks.json',
    ],
  })
    .option('--list', 'list the operations with their parameters')
    .option('--param <NAME=VALUE>', 'a path or query parameter; repeatable', gather, [])
    .option('--body <JSON>', 'the body: JSON, @FILE, or - to read standard input')
    .option('--field <NAME=VALUE>', 'a field of a form; NAME=@FILE uploads a file; repeatable', gather, [])
    .option('--idempotency-key <KEY>', 'a key of your own, so that a repeated request takes effect once');
  outOptions(command).action(async (name: string | undefined, flags: ApiFlags) => {
    requireFreeFile(flags);
    if (flags.list) return write(operationTable());
    if (name === undefined) throw wrongUsage('An operation is required: keyplane api --list shows them');
    const systemPath = Object.hasOwn(systemPaths, name) ? systemPaths[name] : undefined;
    if (systemPath !== undefined) return printSystem(systemPath, flags);
    const facts = Object.hasOwn(table, name) ? table[name] : undefined;
    if (facts === undefined)
      throw wrongUsage(`Operation ${name} does not exist: keyplane api --list shows all`);
    await call(name, facts, flags);
  });
}

async function call(name: string, facts: OperationFacts, flags: ApiFlags): Promise<void> {
  const input = { ...parametersOf(facts, flags.param), ...(await bodyOf(facts, flags)) };
  // Some operations, such as signing in, need no token. The manager reports a missing one.
  const { url, token } = await findAddress(flags);
  const client = createClient({ url, ...(token !== undefined && { token }) });
  const { idempotencyKey } = flags;
  const call = client[name as keyof typeof client] as (
    input: object,
    options: CallOptions,
  ) => Promise<unknown>;
  const answer = await call(input, idempotencyKey === undefined ? {} : { idempotencyKey });
  if (facts.answer === 'file') return writeFileOrOutput(flags, answer as DownloadedFile);
  show({ output: 'json', ...flags }, answer, { table: () => '' });
  const { deploymentResult } = answer as { readonly deploymentResult?: { readonly success: boolean } };
  if (deploymentResult?.success === false) process.exitCode = exitCode.notDeployed;
}

async function printSystem(path: string, flags: ApiFlags): Promise<void> {
  const { url } = await findAddress(flags);
  let answer: Response;
  try {
    answer = await fetch(url + path);
  } catch {
    throw new CliFailure(`${url} is unreachable`, exitCode.unreachable);
  }
  write(await answer.text());
  if (!answer.ok) process.exitCode = exitCode.unreachable;
}

function parametersOf({ path, query }: OperationFacts, given: readonly string[]): Record<string, string> {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const known = [...inPath, ...query];
  const parameters = Object.fromEntries(given.map((text) => nameAndValue(text, '--param')));
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw wrongUsage(`Parameter ${unknown} does not exist. Parameters: ${known.join(', ') || 'none'}`);
  }
  const missing = inPath.find((name) => !parameters[name]);
  if (missing !== undefined) throw wrongUsage(`--param ${missing}=… is required`);
  return parameters;
}

async function bodyOf({ body: kind }: OperationFacts, flags: ApiFlags): Promise<{ readonly body?: unknown }> {
  const isForm = kind === 'form' || kind === 'urlencoded';
  if (flags.body !== undefined && kind !== 'json') {
    throw wrongUsage(isForm ? 'This operation takes a form: use --field' : 'This operation takes no body');
  }
  if (flags.field.length > 0 && !isForm) throw wrongUsage('This operation takes no form: use --body');
  if (kind === 'none') return {};
  if (!isForm) return { body: await readJson(flags.body) };
  const fields: Record<string, string | Blob> = {};
  for (const text of flags.field) {
    const [name, value] = nameAndValue(text, '--field');
    fields[name] = value.startsWith('@') ? await fileField(value.slice(1), kind) : value;
  }
  return { body: fields };
}

/** A multipart form uploads the file; any other form takes its text, such as a password. */
async function fileField(path: string, kind: OperationFacts['body']): Promise<string | Blob> {
  const bytes = await readInput(path);
  return kind === 'form' ? new Blob([Uint8Array.from(bytes)]) : bytes.toString('utf8').replace(/\r?\n$/, '');
}

async function readJson(given: string | undefined): Promise<unknown> {
  if (given === undefined) return {};
  return readJsonInput(given, '--body');
}

function nameAndValue(text: string, flag: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw wrongUsage(`${flag} takes NAME=VALUE, not ${text}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function operationTable(): string {
  const rows = Object.entries(table).map(([name, { method, path, query, body }]) => {
    return [name, method, path, query.join(','), body === 'none' ? null : body];
  });
  const system = Object.entries(systemPaths).map(([name, path]) => [name, 'GET', path, null, null]);
  return textTable(['OPERATION', 'METHOD', 'PATH', 'QUERY', 'BODY'], [...rows, ...system]);
}
