// What a request about the members of a ring is refused for. PURE.

import type { ErrorReason } from '../../error-reasons.ts';
import { badRequest, type KeyplaneError } from '../../errors.ts';
import { wholeSecondText } from '../ring-texts.ts';
import { activeOf, retiringLimitOf } from './activation.ts';
import { outletsWithout, publicationOf } from './confirmations.ts';
import { readyAtOf } from './formulas.ts';
import type { MemberFacts, RingFacts } from './ring-facts.ts';

/**
 * The gate of `activate`. The ACTIVE member passes it: there is nothing to do.
 * @param force passes the time at which verifiers know the member, and nothing else
 * @throws KeyplaneError `bad_request`
 */
export function requireActivatable(facts: RingFacts, member: MemberFacts, force: boolean): void {
  const key = `Key (kid: ${member.kid}) of key ring (name: ${facts.name})`;
  switch (member.state) {
    case 'ACTIVE':
      return;
    case 'RETIRED':
    case 'REVOKED':
      throw refused(`${key} can not be activated: it is ${member.state}!`, 'KEY_STATE_NOT_VALID', 'kid');
    case 'RETIRING': {
      // Nodes have unpublished it, even where the ring was not examined since.
      if (member.retireAt !== null && member.retireAt <= facts.now) {
        throw refused(`${key} can not be activated: it is RETIRED!`, 'KEY_STATE_NOT_VALID', 'kid');
      }
      return;
    }
    case 'STAGED':
    case 'NEXT': {
      if (member.outdated)
        throw refused(`${key} can not be activated: it is withdrawn!`, 'KEY_STATE_NOT_VALID', 'kid');
      requirePublished(facts, member, key);
      requireRoomForRetiring(facts);
      const readyAt = readyAtOf(facts, member);
      if (force || readyAt === null || readyAt <= facts.now) return;
      throw refused(
        `${key} can not be activated before ${wholeSecondText(readyAt)}: verifiers may not know it yet! Give force and a reason to do it all the same.`,
        'KEY_NOT_READY',
        'kid',
      );
    }
    default:
      member.state satisfies never;
  }
}

function requirePublished(facts: RingFacts, member: MemberFacts, key: string): void {
  const isPublished = member.state === 'NEXT' && member.publishedAt !== null;
  const [node] = isPublished ? outletsWithout(facts, member) : publicationOf(facts, member).missing;
  if (!node) return;
  const by = node.outlet
    ? `outlet (name: ${node.outlet.name})${node.outlet.nodeName === null ? '' : ` at node (name: ${node.outlet.nodeName})`}`
    : `node (name: ${node.name})`;
  throw refused(
    `${key} can not be activated: it is not confirmed by ${by} of environment (name: ${node.environmentName})!`,
    'KEY_NOT_READY',
    'kid',
  );
}

/** The gate of `rotate`. @throws KeyplaneError `bad_request` */
export function requireRotatable(facts: RingFacts): void {
  if (facts.heldBecause !== null) {
    throw refused(
      `Key ring (name: ${facts.name}) is held: resume it, or activate a key by its kid!`,
      'KEY_RING_HELD',
    );
  }
  requireRoomForRetiring(facts);
}

function requireRoomForRetiring(facts: RingFacts): void {
  const oldest = activeOf(facts) ? retiringLimitOf(facts) : undefined;
  if (!oldest) return;
  const { name } = facts;
  const retires =
    oldest.retireAt === null
      ? 'retires when every node has confirmed its successor'
      : `retires at ${wholeSecondText(oldest.retireAt)}`;
  throw refused(
    `Key ring (name: ${name}) has 5 RETIRING keys; the oldest (name: ${name}.${oldest.version}) ${retires}!`,
    'KEY_RING_FULL',
  );
}

function refused(text: string, reason: ErrorReason, member?: string): KeyplaneError {
  return badRequest(text, { reason, member });
}
