// The flags of the operations listener: what they are read as, and which of them do not go together.

import { resolve } from 'node:path';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import {
  addOperationsFlags,
  type OperationsFlags,
  operationsOptionsOf,
} from '../../src/cli/processes/operations-flags.ts';

function optionsOf(...args: readonly string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addOperationsFlags(command, Number).parse([...args], { from: 'user' });
  return operationsOptionsOf(command.opts<OperationsFlags>());
}

const socket = ['--operations-socket', 'a.sock'] as const;
const port = ['--operations-port', '8443'] as const;
const tls = ['--operations-tls-cert', 'c.pem', '--operations-tls-key', 'k.pem'] as const;
const clientCa = ['--operations-client-ca', 'ca.pem'] as const;

test('without a port and a socket the listener is off', () => {
  expect(optionsOf()).toBeUndefined();
});

test('a socket has a mode in octal and a group', () => {
  const flags = [...socket, '--operations-socket-mode', '0600', '--operations-socket-group', 'gateway'];
  expect(optionsOf(...flags)).toEqual({
    socket: resolve('a.sock'),
    socketMode: 0o600,
    socketGroup: 'gateway',
  });
  expect(optionsOf(...socket, '--operations-socket-mode', '660')).toMatchObject({ socketMode: 0o660 });
  for (const mode of ['rw', '0899', '4777', '-1', '']) {
    expect(() => optionsOf(...socket, '--operations-socket-mode', mode)).toThrow('Three octal digits');
  }
});

test('client certificates need TLS, and a mode or a group needs a socket', () => {
  expect(optionsOf(...port, ...tls, ...clientCa)).toEqual({
    port: 8443,
    tls: {
      certFile: resolve('c.pem'),
      keyFile: resolve('k.pem'),
      clientCaFile: resolve('ca.pem'),
    },
  });
  expect(() => optionsOf(...port, ...clientCa)).toThrow('--operations-tls-cert is required with it');
  expect(() => optionsOf(...port, '--operations-socket-mode', '0600')).toThrow(
    '--operations-socket is required with them',
  );
  expect(() => optionsOf(...port, '--operations-socket-group', '0')).toThrow(
    '--operations-socket is required with them',
  );
});
