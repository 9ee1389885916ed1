// Encryption to a key ring or a JWK, and decryption with it (RFC 7516).

import { KeyplaneError } from '../../errors.ts';
import { decryptionFailed, decryptJwe } from '../../operations/encryption/decrypt-jwe.ts';
import { readDecryptRequest } from '../../operations/encryption/decrypt-request.ts';
import type { JweToEncrypt } from '../../operations/encryption/encrypt-jwe.ts';
import { readEncryptRequest } from '../../operations/encryption/encrypt-request.ts';
import type { EncryptionKey } from '../../operations/encryption/encryption-key.ts';
import { receivedFrom, sendingKey } from '../../operations/encryption/sender.ts';
import type { CallingApplication } from './callers/calling-application.ts';
import { encryptInTurn } from './encrypt-in-turn.ts';
import type { GcmUses } from './gcm-uses.ts';
import { requireLease, whenLeased } from './leased.ts';
import type { OperationCall, OperationContext, PerformCall } from './operation-call.ts';
import { notGranted, rateExceeded } from './operation-faults.ts';
import type { OperationIndex } from './operation-index.ts';
import type { IdentifiedEncryptionKey, OperationTarget } from './operation-target.ts';
import { secureRandomness } from './secure-randomness.ts';

interface EncryptionContext extends OperationContext {
  /** Finds the keys of senders. */
  readonly index: Pick<OperationIndex, 'target' | 'current'>;
}

type Sender = NonNullable<JweToEncrypt['sender']>;

export function createEncrypt(context: EncryptionContext & { readonly gcmUses: GcmUses }): PerformCall {
  const { now, count, index } = context;

  function senderOf(name: string | undefined, { application }: OperationCall, recipient: EncryptionKey) {
    if (name === undefined) return undefined;
    const target = grantedSender(index, application, { name, operation: 'ENCRYPT' });
    const { jwkId, key } = target.encryption(now());
    return { jwkId, key: sendingKey(recipient, key, target.title) };
  }

  return async (call) => {
    const { application, target, body } = call;
    const leased = whenLeased(context, target);
    if (leased !== undefined) await leased;
    const encryption = target.encryption(now());
    const { jwkId, key, isLeased } = encryption;
    const counted = countFor(count, application, 'ENCRYPT');
    let sender: { readonly jwkId: string; readonly key: Sender } | undefined;
    try {
      if (isLeased) requireLease(context, target);
      const { senderJwkName, ...request } = readEncryptRequest(body, key);
      sender = senderOf(senderJwkName, call, key);
      const jwe = await encryptInTurn(
        context,
        { application, target, encryption },
        { ...request, sender: sender?.key },
      );
      counted([jwkId, sender?.jwkId], 'SUCCEEDED');
      return `"jwe":${JSON.stringify(jwe)},"kid":${JSON.stringify(key.kid ?? null)}`;
    } catch (error) {
      counted([jwkId, sender?.jwkId], 'REFUSED');
      throw error;
    }
  };
}

export function createDecrypt({ now, count, inTurn, index }: EncryptionContext): PerformCall {
  return async ({ application, target, body }) => {
    const find = target.decryption(now());
    const { jwe, senderJwkName } = readDecryptRequest(body);
    const sender = senderJwkName === undefined ? undefined : senderOf(senderJwkName, application);
    const counted = countFor(count, application, 'DECRYPT');
    let used: IdentifiedEncryptionKey | undefined;
    const options = {
      find(kid: string | undefined) {
        used = find(kid);
        return used?.key;
      },
      inTurn: async (key: EncryptionKey, run: () => Promise<Buffer>) =>
        inTurn(key, application, () => {
          // While it waited, its key may have been revoked.
          const current = index.current(target, application).decryption(now())(key.kid);
          if (current?.jwkId !== used?.jwkId) throw decryptionFailed();
          return run();
        }),
      randomness: secureRandomness,
    };
    try {
      const { plaintext, header, kid } = await decryptJwe(options, { jwe, sender: sender?.key });
      counted([used?.jwkId, sender?.jwkId], 'SUCCEEDED');
      const content = `"plaintextBase64":"${plaintext.toString('base64')}"`;
      return `${content},"header":${JSON.stringify(header)},"kid":${JSON.stringify(kid ?? null)}`;
    } catch (error) {
      counted([used?.jwkId, sender?.jwkId], 'REFUSED');
      throw error;
    }
  };

  function senderOf(name: string, application: CallingApplication) {
    const { jwkId, key } = grantedSender(index, application, {
      name,
      operation: 'DECRYPT',
    }).senderPublicKey();
    const agreement = receivedFrom(key);
    // What cannot send has sent nothing.
    if (agreement === undefined) throw decryptionFailed();
    return { jwkId, key: agreement };
  }
}

/**
 * What is not there and what is not granted are the same. The rate of its grant is taken too.
 * @throws KeyplaneError `forbidden`, `rate_limit_exceeded`
 */
function grantedSender(
  index: Pick<OperationIndex, 'target'>,
  { project, grants }: CallingApplication,
  { name, operation }: { readonly name: string; readonly operation: 'ENCRYPT' | 'DECRYPT' },
): OperationTarget {
  const target = index.target(project, 'jwks', name);
  const grant = target && grants.get(target.id);
  if (target === undefined || !grant?.operations.has(operation)) {
    throw new KeyplaneError('forbidden', notGranted.text, { member: 'senderJwkName' });
  }
  const bucket = grant.buckets.get(operation);
  if (bucket === undefined || bucket.take(1)) return target;
  const { text, retryAfterSeconds = 1 } = rateExceeded(bucket.msUntil(1));
  throw new KeyplaneError('rate_limit_exceeded', text, { retryAfterSeconds });
}

function countFor(
  count: OperationContext['count'],
  { id: applicationId }: CallingApplication,
  operation: 'ENCRYPT' | 'DECRYPT',
) {
  return (jwkIds: readonly (string | undefined)[], outcome: 'SUCCEEDED' | 'REFUSED'): void => {
    for (const jwkId of new Set(jwkIds))
      if (jwkId !== undefined) count({ applicationId, jwkId, operation, outcome });
  };
}
