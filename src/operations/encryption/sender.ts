// The sender of ECDH-1PU, whose static key authenticates what it sends (draft-madden-jose-ecdh-1pu-04 §1).

import { badRequest } from '../../errors.ts';
import type { EncryptionKey } from './encryption-key.ts';
import type { AgreementKey } from './families/agreement-key.ts';

/**
 * The key with which the sender encrypts.
 * @param sender undefined for a JWK that is not for encryption
 * @param title as texts name it: `JWK (name: j)`
 * @throws KeyplaneError `bad_request`
 */
export function sendingKey(
  recipient: EncryptionKey,
  sender: EncryptionKey | undefined,
  title: string,
): AgreementKey {
  const key = receivedFrom(sender);
  const curve = recipient.agreement?.curve;
  if (key === undefined || key.curve !== curve) {
    throw notSender(`${title} cannot send to this key: it must be for ECDH-1PU with curve ${curve}!`);
  }
  if (key.privateKey === undefined) throw notSender(`${title} has no private key!`);
  return key;
}

/** The key by which a recipient knows the sender; undefined for one that cannot send. */
export function receivedFrom(sender: EncryptionKey | undefined): AgreementKey | undefined {
  return sender?.needsSender ? sender.agreement : undefined;
}

function notSender(text: string) {
  return badRequest(text, { reason: 'KEY_NOT_SUPPORTED', member: 'senderJwkName' });
}
