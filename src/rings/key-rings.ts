// Everything that can be done with key rings, connected.

import type { Lease } from '../leases/lease.ts';
import { type AdoptJwk, jwkAdoption } from './adopt-jwk.ts';
import { type AdvanceRing, ringAdvance } from './advance-ring.ts';
import { type CreateRing, ringCreation } from './create-ring.ts';
import { type DeleteRing, ringDeletion } from './delete-ring.ts';
import { memberRevocation, type RevokeMember } from './revoke-member.ts';
import { createRingReader, type RingReader } from './ring-reader.ts';
import type { RingRuleOptions } from './ring-rules.ts';
import { type RotationRequests, rotationRequests } from './rotation-requests.ts';
import { clockUpdate, type UpdateClocks } from './update-clocks.ts';
import { ringUpdate, type UpdateRing } from './update-ring.ts';

export interface KeyRings extends RingReader, RotationRequests {
  readonly create: CreateRing;
  readonly update: UpdateRing;
  readonly delete: DeleteRing;
  readonly revoke: RevokeMember;
  readonly adopt: AdoptJwk;
}

export interface KeyRingsOptions extends RingRuleOptions {
  readonly onError: (error: unknown) => void;
}

/** What the scheduler has in common with requests. */
export interface RingMotion {
  readonly advance: AdvanceRing;
  readonly updateClocks: UpdateClocks;
  readonly lease: Lease;
}

export function createRingMotion(options: KeyRingsOptions): Omit<RingMotion, 'lease'> {
  return { advance: ringAdvance(options), updateClocks: clockUpdate(options) };
}

export function createKeyRings(options: KeyRingsOptions, motion: Omit<RingMotion, 'lease'>): KeyRings {
  const settling = { ...options, ...motion };
  return {
    ...createRingReader(options),
    ...rotationRequests(settling),
    create: ringCreation(settling),
    update: ringUpdate(settling),
    delete: ringDeletion(settling),
    revoke: memberRevocation(settling),
    adopt: jwkAdoption(settling),
  };
}
