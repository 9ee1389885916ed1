import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  childEnvironment,
  managerSettings,
  readManagerConfig,
  readNodeToken,
  SettingError,
} from '../../src/config.ts';
import { makeTestAuthority } from '../support/http-servers.ts';

const key = Buffer.alloc(32, 3).toString('base64');

describe('the settings of the manager', () => {
  test('have the documented defaults', () => {
    expect(readManagerConfig({})).toEqual({
      host: '127.0.0.1',
      port: 8080,
      dataDir: resolve('data'),
      databaseUrl: undefined,
      masterKey: undefined,
      masterKeyFile: undefined,
      adminUser: 'admin',
      adminPassword: undefined,
      urlAllow: { hosts: [], cidrs: [] },
      urlCa: undefined,
      deployTimeoutMs: 5000,
      caching: { maxAge: 300, staleWhileRevalidate: 60, staleIfError: 0 },
      trustedProxies: { hosts: [], cidrs: [] },
      rateLimits: { user: 0, address: 3_000 },
      tls: undefined,
      metricsListener: undefined,
    });
  });

  test('are variables, each with a flag of the same name in kebab case', () => {
    for (const { variable, flag } of Object.values(managerSettings)) {
      expect(variable).toBe(`KEYPLANE_${flag.replaceAll('-', '_').toUpperCase()}`);
    }
    expect(Object.values(managerSettings).map(({ variable }) => variable)).toEqual([
      'KEYPLANE_HOST',
      'KEYPLANE_PORT',
      'KEYPLANE_DATA_DIR',
      'KEYPLANE_DATABASE_URL',
      'KEYPLANE_MASTER_KEY',
      'KEYPLANE_MASTER_KEY_FILE',
      'KEYPLANE_ADMIN_USER',
      'KEYPLANE_ADMIN_PASSWORD',
      'KEYPLANE_ADMIN_PASSWORD_FILE',
      'KEYPLANE_URL_ALLOW',
      'KEYPLANE_URL_CA_FILE',
      'KEYPLANE_DEPLOY_TIMEOUT',
      'KEYPLANE_JWKS_MAX_AGE',
      'KEYPLANE_JWKS_STALE_WHILE_REVALIDATE',
      'KEYPLANE_JWKS_STALE_IF_ERROR',
      'KEYPLANE_TRUSTED_PROXIES',
      'KEYPLANE_RATE_LIMIT_USER',
      'KEYPLANE_RATE_LIMIT_ADDRESS',
      'KEYPLANE_METRICS_HOST',
      'KEYPLANE_METRICS_PORT',
      'KEYPLANE_TLS_CERT',
      'KEYPLANE_TLS_KEY',
      'KEYPLANE_TLS_CLIENT_CA',
    ]);
  });

  test.each([
    [{ KEYPLANE_TLS_CERT: 'c' }, 'KEYPLANE_TLS_CERT is set without KEYPLANE_TLS_KEY'],
    [{ KEYPLANE_TLS_KEY: 'k' }, 'KEYPLANE_TLS_KEY is set without KEYPLANE_TLS_CERT'],
    [{ KEYPLANE_METRICS_HOST: '::1' }, 'KEYPLANE_METRICS_HOST is set without KEYPLANE_METRICS_PORT'],
    [{ KEYPLANE_TLS_CLIENT_CA: 'a' }, 'KEYPLANE_TLS_CLIENT_CA is set without'],
  ])('of TLS and of the listener of metrics need each other: %j', (environment, text) => {
    expect(() => readManagerConfig(environment)).toThrow(text);
  });

  test('have the given values, and a flag wins over a variable', () => {
    const config = readManagerConfig(
      {
        KEYPLANE_HOST: '::1',
        KEYPLANE_PORT: '1',
        KEYPLANE_DATA_DIR: '/srv/keyplane',
        KEYPLANE_DATABASE_URL: 'postgresql://u@h/d',
        KEYPLANE_MASTER_KEY: key,
        KEYPLANE_ADMIN_USER: 'zoë',
        KEYPLANE_ADMIN_PASSWORD: 'correct horse',
        KEYPLANE_URL_ALLOW: 'keys.example, 10.0.0.0/8',
        KEYPLANE_DEPLOY_TIMEOUT: '250',
        KEYPLANE_TRUSTED_PROXIES: '10.1.0.0/16, ::1',
        KEYPLANE_RATE_LIMIT_USER: '60000',
        KEYPLANE_RATE_LIMIT_ADDRESS: '0',
      },
      { port: '2' },
    );
    expect(config).toMatchObject({
      host: '::1',
      port: 2,
      dataDir: '/srv/keyplane',
      databaseUrl: 'postgresql://u@h/d',
      masterKey: key,
      adminUser: 'zoë',
      adminPassword: 'correct horse',
      urlAllow: { hosts: ['keys.example'] },
      deployTimeoutMs: 250,
      trustedProxies: { hosts: [], cidrs: [{ prefixBits: 16 }, { prefixBits: 128 }] },
      rateLimits: { user: 60_000, address: 0 },
    });
  });

  test('count as not set when they are empty, as a shell leaves them', () => {
    const empty = Object.fromEntries(Object.values(managerSettings).map(({ variable }) => [variable, '']));
    expect(readManagerConfig(empty)).toEqual(readManagerConfig({}));
  });

  test.each([
    ['KEYPLANE_HOST', 'http://0.0.0.0'],
    ['KEYPLANE_PORT', '-1'],
    ['KEYPLANE_PORT', '8080.5'],
    ['KEYPLANE_PORT', '0x50'],
    ['KEYPLANE_DATABASE_URL', 'sqlite:///x'],
    ['KEYPLANE_MASTER_KEY', `${key}\n`],
    ['KEYPLANE_MASTER_KEY', Buffer.alloc(31).toString('base64')],
    ['KEYPLANE_MASTER_KEY', Buffer.alloc(33).toString('base64')],
    ['KEYPLANE_ADMIN_USER', '..'],
    ['KEYPLANE_ADMIN_PASSWORD', 'é'.repeat(7)],
    ['KEYPLANE_ADMIN_PASSWORD', 'x'.repeat(1025)],
    ['KEYPLANE_URL_ALLOW', '*.example'],
    ['KEYPLANE_URL_CA_FILE', '/nowhere/ca.pem'],
    ['KEYPLANE_URL_CA_FILE', import.meta.filename],
    ['KEYPLANE_DEPLOY_TIMEOUT', '5s'],
    ['KEYPLANE_DEPLOY_TIMEOUT', '600001'],
    ['KEYPLANE_JWKS_MAX_AGE', '5m'],
    ['KEYPLANE_JWKS_MAX_AGE', '86401'],
    ['KEYPLANE_JWKS_STALE_WHILE_REVALIDATE', '-1'],
    ['KEYPLANE_JWKS_STALE_IF_ERROR', 'PT1M'],
    ['KEYPLANE_TRUSTED_PROXIES', 'balancer.example'],
    ['KEYPLANE_TRUSTED_PROXIES', '10.0.0.1/8'],
    ['KEYPLANE_RATE_LIMIT_USER', '-1'],
    ['KEYPLANE_RATE_LIMIT_ADDRESS', '100000001'],
  ])('are refused by name: %s=%j', (variable, value) => {
    const read = () => readManagerConfig({ [variable]: value });
    expect(read).toThrow(SettingError);
    expect(read).toThrow(new RegExp(`^${variable} .*$`));
  });

  test('hold the authorities of the file that KEYPLANE_URL_CA_FILE names, each of them whole', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyplane-'));
    const file = join(folder, 'ca.pem');
    const [one, other] = [makeTestAuthority().caCertificate, makeTestAuthority().caCertificate];
    try {
      writeFileSync(file, `# ours\n${one}\n${other}`);
      const { urlCa } = readManagerConfig({ KEYPLANE_URL_CA_FILE: file });
      expect(urlCa?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
      writeFileSync(file, `${one}\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`);
      expect(() => readManagerConfig({ KEYPLANE_URL_CA_FILE: file })).toThrow(
        `KEYPLANE_URL_CA_FILE names ${file}, which has a damaged certificate, number 2: certificates of CAs in PEM are accepted`,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('name only addresses as accepted where a host name is not', () => {
    expect(() => readManagerConfig({ KEYPLANE_TRUSTED_PROXIES: '10.0.0.1 balancer.example' })).toThrow(
      'KEYPLANE_TRUSTED_PROXIES cannot be read: "balancer.example" is not accepted: it is not an IP address or a CIDR; IP addresses and CIDRs are, separated by commas or spaces, like "10.0.7.1, 10.1.0.0/16"',
    );
    expect(() => readManagerConfig({ KEYPLANE_URL_ALLOW: '10.0.0.1/8' })).toThrow(
      /; hosts, IP addresses and CIDRs are, separated by commas or spaces, like "keys.internal, 10.0.0.0\/8"$/,
    );
  });

  test('refuse an empty flag, which no shell leaves by itself', () => {
    expect(() => readManagerConfig({}, { dataDir: '' })).toThrow(
      'KEYPLANE_DATA_DIR (--data-dir) is empty: a folder is accepted',
    );
    expect(() => readManagerConfig({}, { port: '' })).toThrow('KEYPLANE_PORT (--port) is ""');
  });
});

describe('the environment of a child process', () => {
  test('has only those settings of keyplane that the parent passes', () => {
    process.env.KEYPLANE_MASTER_KEY = key;
    try {
      const environment = childEnvironment({ KEYPLANE_NODE_TOKEN: 't' });
      const own = Object.keys(environment).filter((name) => name.startsWith('KEYPLANE_'));
      expect(own).toEqual(['KEYPLANE_NODE_TOKEN']);
      expect(environment.PATH).toBe(process.env.PATH);
    } finally {
      delete process.env.KEYPLANE_MASTER_KEY;
    }
  });

  test('holds a token without the line end of the file that it came from', () => {
    expect(readNodeToken({ KEYPLANE_NODE_TOKEN: ' kp_1\n' })).toBe('kp_1');
    expect(readNodeToken({ KEYPLANE_NODE_TOKEN: ' \n' })).toBeUndefined();
  });
});
