// A compromise. One transaction: the members are REVOKED, the newest successor becomes ACTIVE, and another is staged. Where
// there is no successor, one is generated for it. Nodes get all of it as one step.

import type { ProjectScope } from '../access/caller.ts';
import type { ChangeResult } from '../deployments/deployment-result.ts';
import type { DeploymentTarget } from '../deployments/put-desired-state.ts';
import { badRequest } from '../errors.ts';
import { type RevocationReason, revocationReasons } from '../jwks/ring-member.ts';
import { shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import { addMember, type GeneratedKey, generateKey, isSlowToGenerate } from './make-member.ts';
import type { KeyRing } from './ring.ts';
import { RingDraft, storeDraft } from './ring-draft.ts';
import { transitionEvents } from './ring-event.ts';
import { type LoadedRing, loadRingWithoutNodes } from './ring-facts-of.ts';
import { generationOf } from './ring-parameters.ts';
import { type RingRuleStores, requireRing } from './ring-rules.ts';
import type { MemberJwk, Revocation } from './ring-store.ts';
import { requireMember } from './rotation-requests.ts';
import { successorOf } from './schedule/activation.ts';
import { applyActivation, applyRevocation } from './schedule/apply-step.ts';
import { type SettleOptions, settle } from './settle-ring.ts';

export interface RevocationRequest {
  readonly kid?: string | undefined;
  readonly all?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
}

export interface RevocationResult extends ChangeResult {
  readonly revocationId: string;
}

export type RevokeMember = (
  scope: ProjectScope,
  name: string,
  request: RevocationRequest,
) => Promise<RevocationResult>;

interface Asked {
  /** Null: the ACTIVE and the NEXT one. */
  readonly kid: string | null;
  readonly reason: RevocationReason;
  readonly comment: string | null;
}

interface Revoked {
  readonly revocationId: string;
  readonly ringId: string;
  readonly targets: readonly DeploymentTarget[];
}

interface KeysNeeded {
  readonly needs: { readonly ring: KeyRing; readonly count: number };
}

export interface RevocationOptions extends SettleOptions {
  /** Records which nodes are safe by now. */
  readonly updateClocks: (ringId: string) => Promise<void>;
}

export function memberRevocation(options: RevocationOptions): RevokeMember {
  const { store, clock, updateClocks } = options;
  return async (scope, given, request) => {
    const asked = readRequest(request);
    const found = await store.read((stores) => requireRing(stores, scope.projectId, given));
    // The key to stage, so that most revocations take one transaction. One that is not needed costs less than another.
    let keys: readonly GeneratedKey[] = isSlowToGenerate(found) ? [] : [await generateKey(found, clock)];
    for (;;) {
      const ready = keys;
      const attempt = await store.write((stores) =>
        revoke(stores, options, { scope, given, asked, keys: ready }),
      );
      if ('needs' in attempt) {
        const { ring, count } = attempt.needs;
        keys = await Promise.all(Array.from({ length: count }, () => generateKey(ring, clock)));
        continue;
      }
      const { revocationId, ringId, targets } = attempt;
      // Before anything else is sent: what a node confirms later hides when it confirmed this.
      const onDeployed = () => updateClocks(ringId);
      return { ...(await settle(options, { ringId, targets, onDeployed })), revocationId };
    }
  };
}

interface Attempt {
  readonly scope: ProjectScope;
  readonly given: string;
  readonly asked: Asked;
  readonly keys: readonly GeneratedKey[];
}

async function revoke(
  stores: RingRuleStores,
  options: RevocationOptions,
  { scope, given, asked, keys }: Attempt,
): Promise<Revoked | KeysNeeded> {
  const loaded = await loadRingWithoutNodes(stores, await requireRing(stores, scope.projectId, given));
  const { ring } = loaded;
  const members = requireMembers(loaded, asked);
  const before = await revocationOf(stores, ring, members);
  if (before) {
    await scope.once?.save(stores, { targets: [], verb: 'deploy' });
    return { revocationId: before.id, ringId: ring.id, targets: [] };
  }
  const versions = members.map(({ member }) => member.version);
  const { activatedBeforeReady, needsKey, ...applied } = applyRevocation(loaded.facts, versions);
  const usable = keys.filter(({ generation }) => generation === generationOf(ring));
  const lacksSuccessor = needsKey || successorOf(applied.facts) === undefined;
  // The key that is staged after it waits for no thread: the revocation does not wait for it.
  const count = (needsKey ? 1 : 0) + (lacksSuccessor && !isSlowToGenerate(ring) ? 1 : 0);
  if (usable.length < count) return { needs: { ring, count } };
  const draft = new RingDraft(loaded);
  draft.take(applied);
  for (const version of versions) draft.note(version, { revokedReason: asked.reason });
  for (const [index, key] of usable.slice(0, count).entries()) {
    const { member } = await addMember(stores, options, draft, key);
    if (needsKey && index === 0) draft.take(applyActivation(draft.facts, member.version));
  }
  const { actor } = scope;
  const { reason, comment } = asked;
  const { targets, revisions } = await storeDraft(stores, options, draft, {
    projectName: loaded.projectName,
    events: transitionEvents(loaded, draft, { actor, cause: reason, reason: comment, fence: null }),
    withRevisions: () => ({ examineAt: loaded.now, updatedAt: loaded.now }),
  });
  const revocation: Revocation = {
    id: newId(loaded.now.getTime()),
    ringId: ring.id,
    kids: members.map(({ kid }) => kid),
    reason,
    comment,
    revokedAt: loaded.now,
    activatedBeforeReady,
    revisions,
    safe: {},
    done: false,
    nodesSafeAt: null,
  };
  await stores.rings.insertRevocation(revocation);
  await scope.once?.save(stores, { targets, verb: 'deploy' });
  return { revocationId: revocation.id, ringId: ring.id, targets };
}

/** The first revocation of these members, where they are REVOKED already. */
async function revocationOf(
  { rings }: RingRuleStores,
  ring: KeyRing,
  members: readonly MemberJwk[],
): Promise<Revocation | undefined> {
  const [jwk] = members;
  if (members.length !== 1 || jwk?.member.state !== 'REVOKED') return undefined;
  const revocations = await rings.revocations(ring.id);
  return revocations.findLast(({ kids }) => kids.includes(jwk.kid));
}

function requireMembers({ ring, members }: LoadedRing, { kid }: Asked): readonly MemberJwk[] {
  if (kid !== null) return [requireMember(ring, members, kid)];
  const found = members.filter(({ member }) => member.state === 'ACTIVE' || member.state === 'NEXT');
  if (found.length > 0) return found;
  throw badRequest(`Key ring (name: ${ring.name}) has no ACTIVE and no NEXT key!`, {
    reason: 'KEY_STATE_NOT_VALID',
    member: 'all',
  });
}

const longestComment = 500;

/** @throws KeyplaneError `bad_request` */
function readRequest({ kid, all, reason, comment }: RevocationRequest): Asked {
  const isOne = kid !== undefined && kid !== '';
  if (isOne === (all === true)) {
    throw badRequest('Give either kid, or all with the value true!', {
      reason: isOne ? 'FIELD_NOT_VALID' : 'FIELD_REQUIRED',
      member: isOne ? 'all' : 'kid',
    });
  }
  const valid = revocationReasons.join(', ');
  if (reason === undefined || reason === '') {
    throw badRequest(`reason is required! Valid values: ${valid}`, {
      reason: 'FIELD_REQUIRED',
      member: 'reason',
    });
  }
  const known = revocationReasons.find((name) => name === reason);
  if (known === undefined) {
    throw badRequest(`reason (${shownText(reason)}) is not valid! Valid values: ${valid}`, {
      reason: 'FIELD_NOT_VALID',
      member: 'reason',
    });
  }
  if (comment !== undefined && [...comment].length > longestComment) {
    throw badRequest(`comment must have at most ${longestComment} characters!`, {
      reason: 'FIELD_NOT_VALID',
      member: 'comment',
    });
  }
  return { kid: isOne ? kid : null, reason: known, comment: comment || null };
}
