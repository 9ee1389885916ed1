import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { SettingError } from '../../config.ts';
import type { OperationsOptions } from '../../node/operations/start-operations.ts';

export interface OperationsFlags {
  readonly operationsPort?: number;
  readonly operationsHost?: string;
  readonly operationsSocket?: string;
  readonly operationsSocketMode?: number;
  readonly operationsSocketGroup?: string;
  readonly operationsTlsCert?: string;
  readonly operationsTlsKey?: string;
  readonly operationsClientCa?: string;
}

/** The flags of the operations listener. */
export function addOperationsFlags(command: Command, parsePort: (text: string) => number): Command {
  return command
    .option(
      '--operations-port <PORT>',
      'also carry out operations with keys for applications, on this port (default: off)',
      parsePort,
    )
    .option(
      '--operations-host <ADDRESS>',
      'address of the operations (default: 127.0.0.1; another needs --operations-tls-cert)',
    )
    .option('--operations-socket <PATH>', 'also offer the operations on a Unix socket')
    .option('--operations-socket-mode <MODE>', 'mode of the Unix socket, octal (default: 0660)', parseMode)
    .option('--operations-socket-group <GROUP>', 'group of the Unix socket, a name or a number')
    .option('--operations-tls-cert <FILE>', 'PEM certificate and chain of the operations')
    .option('--operations-tls-key <FILE>', 'PEM private key of --operations-tls-cert')
    .option(
      '--operations-client-ca <FILE>',
      'PEM CAs of the client certificates that applications are known by',
    );
}

/** The mode of a file. */
export function parseMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8);
  throw new InvalidArgumentError('Three octal digits are accepted, such as 0660.');
}

/** Undefined where the listener is off. @throws SettingError for flags that do not go together */
export function operationsOptionsOf(flags: OperationsFlags): OperationsOptions | undefined {
  const { operationsPort: port, operationsHost: host, operationsSocket: socket } = flags;
  const { operationsTlsCert: certFile, operationsTlsKey: keyFile, operationsClientCa: clientCaFile } = flags;
  const { operationsSocketMode: socketMode, operationsSocketGroup: socketGroup } = flags;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new SettingError(
      '--operations-tls-cert and --operations-tls-key belong together: both or neither are accepted',
    );
  }
  if (port === undefined && (host !== undefined || certFile !== undefined)) {
    throw new SettingError(
      '--operations-host, --operations-tls-cert and --operations-tls-key are of a port: --operations-port is required with them',
    );
  }
  if (clientCaFile !== undefined && certFile === undefined) {
    throw new SettingError(
      '--operations-client-ca is of a TLS port: --operations-tls-cert is required with it',
    );
  }
  if (socket === undefined && (socketMode !== undefined || socketGroup !== undefined)) {
    throw new SettingError(
      '--operations-socket-mode and --operations-socket-group are of a Unix socket: --operations-socket is required with them',
    );
  }
  if (port === undefined && socket === undefined) return undefined;
  return {
    ...(port !== undefined && { port }),
    ...(host !== undefined && { host }),
    ...(socket !== undefined && { socket: resolve(socket) }),
    ...(socketMode !== undefined && { socketMode }),
    ...(socketGroup !== undefined && { socketGroup }),
    ...(certFile !== undefined &&
      keyFile !== undefined && {
        tls: {
          certFile: resolve(certFile),
          keyFile: resolve(keyFile),
          ...(clientCaFile !== undefined && { clientCaFile: resolve(clientCaFile) }),
        },
      }),
  };
}
