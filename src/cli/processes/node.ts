import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { processEnvironment, readNodeToken, SettingError } from '../../config.ts';
import { isKeyplaneError } from '../../errors.ts';
import { parseDuration } from '../../iso-duration.ts';
import { checkName } from '../../names.ts';
import { listed, outletKindNamesAt } from '../../outlets/kinds/kinds.ts';
import { version } from '../../version.ts';
import { addCommand } from '../client-command.ts';
import {
  addKubernetesSignerFlags,
  type KubernetesSignerFlags,
  kubernetesSignerOptionsOf,
} from './kubernetes-signer-flags.ts';
import { addOperationsFlags, type OperationsFlags, operationsOptionsOf } from './operations-flags.ts';
import { notifyParent } from './parent-process.ts';
import { releaseCompileCache } from './release-compile-cache.ts';
import { stopSignal } from './stop-signal.ts';

interface NodeFlags extends OperationsFlags, KubernetesSignerFlags {
  readonly manager: readonly string[];
  readonly environment: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly publishDir?: string;
  readonly outletDir?: string;
  /** Milliseconds. */
  readonly serveLimit?: number;
  readonly ephemeral?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly managerCa?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
  readonly keyFile?: string;
}

/** `keyplane node`: one node. Its enrollment token comes from KEYPLANE_NODE_TOKEN, never from an argument. */
export function addNodeCommand(program: Command): void {
  const command = addCommand(program, {
    usage: 'node',
    summary: 'Start a node; to join, it reads its enrollment token from KEYPLANE_NODE_TOKEN',
    examples: [
      'node --manager https://keyplane.example --environment production --name rack-7 --port 8081 --data-dir /var/lib/keyplane-node',
      'node list production',
    ],
  })
    .requiredOption(
      '--manager <URL>',
      'the manager to connect to; several of one installation, separated by commas or by repeating the flag',
      parseUrls,
    )
    .requiredOption('--environment <NAME>', 'the environment to join', parseName)
    .requiredOption('--name <NAME>', 'name of the node, unique in the environment', parseName)
    .requiredOption('--port <PORT>', 'port of its JWK Sets', parsePort)
    .requiredOption('--data-dir <DIR>', 'folder of its node.key and of its encrypted copy')
    .option('--host <ADDRESS>', 'address of its JWK Sets', '127.0.0.1')
    .option(
      '--key-file <FILE>',
      'its node.key, to store it apart from the copy (default: in the data directory)',
    )
    .option('--publish-dir <DIR>', 'also write the JWK Sets to files in this folder')
    .option(
      '--outlet-dir <DIR>',
      `deliver outlets of ${listed(outletKindNamesAt('NODE'))} below this folder, each project in its own`,
    )
    .option(
      '--serve-limit <DURATION>',
      'respond with 503 for JWK Sets after this long without contact with a manager, such as PT1H (default: no limit)',
      parseServeLimit,
    )
    .option('--ephemeral', 'keep no copy on the disk; implies --serve-limit PT1H unless another is given')
    .option('--tls-cert <FILE>', 'PEM certificate and chain, to serve JWK Sets over TLS')
    .option('--tls-key <FILE>', 'PEM private key of --tls-cert')
    .option('--manager-ca <FILE>', 'PEM CAs of the certificate of the manager (default: those of Node.js)')
    .option('--client-cert <FILE>', 'PEM client certificate for managers that require one')
    .option('--client-key <FILE>', 'PEM private key of --client-cert');
  addKubernetesSignerFlags(addOperationsFlags(command, parsePort))
    .addHelpText(
      'after',
      '\nKnown nodes: keyplane node list ENVIRONMENT, keyplane node forget ENVIRONMENT NAME, keyplane node readmit ENVIRONMENT NAME\n',
    )
    .action(async (flags: NodeFlags) => {
      const token = readNodeToken(processEnvironment());
      const operations = operationsOptionsOf(flags);
      const kubernetesSigner = kubernetesSignerOptionsOf(flags);
      const stopped = stopSignal();
      const { createLog } = await import('../../log.ts');
      const { startNode } = await import('../../node/start-node.ts');
      releaseCompileCache();
      const started = startNode({
        managerUrl: flags.manager,
        environment: flags.environment,
        name: flags.name,
        host: flags.host,
        port: flags.port,
        dataDir: resolve(flags.dataDir),
        ...(flags.publishDir !== undefined && { publishDir: resolve(flags.publishDir) }),
        ...(flags.outletDir !== undefined && { outletDir: resolve(flags.outletDir) }),
        ...(flags.serveLimit !== undefined && { serveLimitMs: flags.serveLimit }),
        ...(flags.ephemeral && { ephemeral: true }),
        ...tlsOptionsOf(flags),
        ...(operations !== undefined && { operations }),
        ...(kubernetesSigner !== undefined && { kubernetesSigner }),
        ...(flags.keyFile !== undefined && { keyFile: resolve(flags.keyFile) }),
        token,
        version,
        logger: createLog('keyplane-node').child({ environment: flags.environment, node: flags.name }),
      });
      const node = await started.catch((error: unknown) => {
        const isTokenError = isKeyplaneError(error) && error.reason === 'TOKEN_NOT_VALID';
        throw isTokenError ? new SettingError(error.message) : error;
      });
      const addresses = [node.url, ...node.operations.map((at) => `operations ${at}`)];
      if (node.kubernetesSigner !== undefined) addresses.push(`Kubernetes signer ${node.kubernetesSigner}`);
      process.stderr.write(`keyplane node ${flags.name} is ready: ${addresses.join(', ')}\n`);
      await notifyParent({ ready: node.url, operations: node.operations });
      await stopped;
      await node.close();
    });
}

/** @throws SettingError where one file of a pair is missing */
function tlsOptionsOf({ tlsCert, tlsKey, managerCa, clientCert, clientKey }: NodeFlags) {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new SettingError('--tls-cert and --tls-key belong together: both or neither are accepted');
  }
  return {
    ...(tlsCert !== undefined &&
      tlsKey !== undefined && { tls: { certFile: resolve(tlsCert), keyFile: resolve(tlsKey) } }),
    managerTls: {
      ...(managerCa !== undefined && { caFile: resolve(managerCa) }),
      ...(clientCert !== undefined && { clientCertFile: resolve(clientCert) }),
      ...(clientKey !== undefined && { clientKeyFile: resolve(clientKey) }),
    },
  };
}

function parseUrls(text: string, before: readonly string[] = []): readonly string[] {
  const urls = text.split(',').map((url) => url.trim());
  const isUrl = (url: string) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (urls.every(isUrl)) return [...before, ...urls];
  throw new InvalidArgumentError('An http or https address is accepted.');
}

const leastServeLimitMs = 1_000;
const mostServeLimitMs = 365 * 24 * 3_600_000;

function parseServeLimit(text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs !== undefined && durationMs >= leastServeLimitMs && durationMs <= mostServeLimitMs) {
    return durationMs;
  }
  throw new InvalidArgumentError('An ISO 8601 duration from PT1S to P365D is accepted, such as PT1H.');
}

function parseName(text: string): string {
  try {
    return checkName(text, 'Name');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : 'A name is accepted.');
  }
}

function parsePort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('A whole number from 0 to 65535 is accepted.');
}
