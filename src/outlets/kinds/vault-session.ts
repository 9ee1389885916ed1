// The HTTP API of Vault and OpenBao, as far as a secret of a key/value engine, version 2, takes it. A session has a token of its
// own, which is revoked at its end.

import { badRequest, isKeyplaneError, type KeyplaneError } from '../../errors.ts';
import type { FetchLimits } from '../../sources/safe-fetch/safe-fetch.ts';
import type { ManagerAccess, ManagerDelivery } from './outlet-kind.ts';

export interface VaultSecret {
  /** Null where there is none, or its newest version was deleted. */
  readonly data: Readonly<Record<string, unknown>> | null;
  /** 0: there was never any. */
  readonly version: number;
}

export interface VaultSession {
  read(): Promise<VaultSecret>;
  /** @param version that is there, which the server compares. @returns the version that was written */
  write(data: Readonly<Record<string, string>>, version: number): Promise<number>;
  close(): Promise<void>;
}

const limits: FetchLimits = Object.freeze({
  connectTimeoutMs: 5_000,
  readTimeoutMs: 15_000,
  sizeLimitBytes: 2 * 1024 * 1024,
});

interface VaultAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

interface VaultRequest {
  readonly path: string;
  /** Absent: it is read. */
  readonly body?: unknown;
  readonly token?: string;
}

/** @throws KeyplaneError `bad_request` */
export async function openVault(
  { target, credential }: Pick<ManagerDelivery, 'target' | 'credential'>,
  access: ManagerAccess,
): Promise<VaultSession> {
  const address = String(target.address);
  const caPem = typeof target.caPem === 'string' ? target.caPem : undefined;

  async function ask({ path, body, token }: VaultRequest): Promise<VaultAnswer> {
    const headers = {
      'content-type': 'application/json',
      'x-vault-request': 'true',
      ...(token !== undefined && { 'x-vault-token': token }),
    };
    const request = {
      url: `${address}/v1/${path}`,
      method: body === undefined ? ('GET' as const) : ('POST' as const),
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      caPem,
    };
    const answer = await access.safeFetch.ask(request, limits);
    return { status: answer.status, body: objectOf(answer.body) };
  }

  const token = await login(ask, { credential, issueToken: access.issueToken });
  const path = `${target.mount}/data/${target.path}`;

  return {
    async read() {
      const { status, body } = await ask({ path, token });
      if (status !== 200 && status !== 404) throw failure('read the secret', { status, body });
      const { data, metadata } = recordOf(body.data);
      const version = recordOf(metadata).version;
      return {
        data: status === 200 && isRecord(data) ? data : null,
        version: typeof version === 'number' ? version : 0,
      };
    },
    async write(data, version) {
      const answer = await ask({ path, token, body: { options: { cas: version }, data } });
      const written = recordOf(answer.body.data).version;
      if (answer.status === 200 && typeof written === 'number') return written;
      if (errorsOf(answer).includes('check-and-set')) throw otherVersion(undefined);
      throw failure('write the secret', answer);
    },
    async close() {
      await ask({ path: 'auth/token/revoke-self', token, body: {} }).catch((error: unknown) => {
        // It ends by itself.
        if (!isKeyplaneError(error)) throw error;
      });
    },
  };
}

async function login(
  ask: (request: VaultRequest) => Promise<VaultAnswer>,
  {
    credential,
    issueToken,
  }: { readonly credential: ManagerDelivery['credential']; readonly issueToken: ManagerAccess['issueToken'] },
): Promise<string> {
  const { usualMount, body } =
    credential.type === 'APPROLE'
      ? { usualMount: 'approle', body: { role_id: credential.roleId, secret_id: credential.secretId } }
      : {
          usualMount: 'jwt',
          body: { role: credential.role, jwt: await issueToken(String(credential.tokenProfileName)) },
        };
  const mount = credential.mount ?? usualMount;
  const answer = await ask({ path: `auth/${mount}/login`, body });
  const token = recordOf(answer.body.auth).client_token;
  if (answer.status === 200 && typeof token === 'string') return token;
  throw failure(`sign in at auth/${mount}`, answer);
}

const sealedStatus = 503;

function failure(what: string, answer: VaultAnswer): KeyplaneError {
  if (answer.status === sealedStatus) {
    return badRequest('The server is sealed, or not ready!', { reason: 'URL_FETCH_FAILED' });
  }
  const errors = errorsOf(answer);
  return badRequest(
    `The server responded with status ${answer.status} to the attempt to ${what}${errors === '' ? '' : `: ${errors}`}!`,
    { reason: 'URL_FETCH_FAILED' },
  );
}

/** Another program wrote the secret. @param version that is there, where it is known */
export function otherVersion(version: number | undefined): KeyplaneError {
  const there = version === undefined ? 'The secret' : `Version ${version} of the secret`;
  return badRequest(
    `${there} was not written by this outlet! Deliver it with force to replace what another program wrote.`,
    { reason: 'CONFLICT' },
  );
}

/** Of the server: printable and short. */
function errorsOf({ body: { errors } }: VaultAnswer): string {
  if (!Array.isArray(errors)) return '';
  return errors
    .filter((one) => typeof one === 'string')
    .join('; ')
    .replace(/[^ -~]+/g, ' ')
    .trim()
    .slice(0, 200);
}

function objectOf(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(body.toString('utf8')));
  } catch {
    return {};
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
