import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { processEnvironment, readNodeToken, SettingError } from '../../config.ts';
import { isKeyplaneError } from '../../errors.ts';
import { checkName } from '../../names.ts';
import { version } from '../../version.ts';
import { forgetCompiled } from './forget-compiled.ts';
import { tellParent } from './parent-process.ts';
import { stopSignal } from './stop-signal.ts';

interface NodeFlags {
  readonly manager: readonly string[];
  readonly environment: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly publishDir?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly managerCa?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
  readonly keyFile?: string;
}

/** `keyplane node`: one node. Its enrollment token comes from KEYPLANE_NODE_TOKEN, never from the command line. */
export function addNodeCommand(program: Command): void {
  program
    .command('node')
    .description('Start one node; to join it reads its enrollment token from KEYPLANE_NODE_TOKEN')
    .requiredOption(
      '--manager <URL>',
      'the manager that it dials in to; several of one installation by commas or by repeating the flag',
      parseUrls,
    )
    .requiredOption('--environment <NAME>', 'the environment that it belongs to', parseName)
    .requiredOption('--name <NAME>', 'its own name, unique in the environment', parseName)
    .requiredOption('--port <PORT>', 'where it serves JWK Sets', parsePort)
    .requiredOption('--data-dir <DIR>', 'where it keeps its sealed copy')
    .option('--host <ADDRESS>', 'the address it serves on', '127.0.0.1')
    .option(
      '--key-file <FILE>',
      'its node.key, to keep it apart from the copy (default: in the data directory)',
    )
    .option('--publish-dir <DIR>', 'keep the JWK Sets as files there too')
    .option('--tls-cert <FILE>', 'PEM certificate and chain: it serves JWK Sets over TLS')
    .option('--tls-key <FILE>', 'PEM private key of --tls-cert')
    .option(
      '--manager-ca <FILE>',
      'PEM CAs that sign the certificate of the manager (default: those of Node.js)',
    )
    .option('--client-cert <FILE>', 'PEM client certificate for managers that require one')
    .option('--client-key <FILE>', 'PEM private key of --client-cert')
    .addHelpText(
      'after',
      '\nNodes that a manager knows: keyplane node list ENVIRONMENT, keyplane node forget ENVIRONMENT NAME\n',
    )
    .action(async (flags: NodeFlags) => {
      const token = readNodeToken(processEnvironment());
      const stopped = stopSignal();
      const { createLog } = await import('../../log.ts');
      const { startNode } = await import('../../node/start-node.ts');
      forgetCompiled();
      const started = startNode({
        managerUrl: flags.manager,
        environment: flags.environment,
        name: flags.name,
        host: flags.host,
        port: flags.port,
        dataDir: resolve(flags.dataDir),
        ...(flags.publishDir !== undefined && { publishDir: resolve(flags.publishDir) }),
        ...tlsOptionsOf(flags),
        ...(flags.keyFile !== undefined && { keyFile: resolve(flags.keyFile) }),
        token,
        version,
        logger: createLog('keyplane-node').child({ environment: flags.environment, node: flags.name }),
      });
      const node = await started.catch((error: unknown) => {
        const isOfToken = isKeyplaneError(error) && error.reason === 'TOKEN_NOT_VALID';
        throw isOfToken ? new SettingError(error.message) : error;
      });
      process.stderr.write(`keyplane node ${flags.name} is ready: ${node.url}\n`);
      await tellParent({ ready: node.url });
      await stopped;
      await node.close();
    });
}

/** @throws SettingError where one file of a pair is missing */
function tlsOptionsOf({ tlsCert, tlsKey, managerCa, clientCert, clientKey }: NodeFlags) {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new SettingError('--tls-cert and --tls-key need each other: both or neither are accepted');
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
