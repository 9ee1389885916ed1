import type { Command } from 'commander';
import { groupCommand } from '../client-command.ts';
import { addRingAdopt, addRingCreate, addRingDelete, addRingUpdate } from './change.ts';
import { addRingGet } from './get.ts';
import { addRingList } from './list.ts';
import { addRingRevocation, addRingRevoke } from './revoke.ts';
import { addRingActivate, addRingHold, addRingResume, addRingRotate } from './rotate.ts';
import { addRingTimeline } from './timeline.ts';

/** `keyplane ring`: key rings of a project. */
export function addRingCommand(program: Command): void {
  const ring = groupCommand(program, 'ring', 'Key rings of a project: keys that rotate');
  addRingList(ring);
  addRingGet(ring);
  addRingCreate(ring);
  addRingUpdate(ring);
  addRingRotate(ring);
  addRingActivate(ring);
  addRingHold(ring);
  addRingResume(ring);
  addRingRevoke(ring);
  addRingRevocation(ring);
  addRingTimeline(ring);
  addRingAdopt(ring);
  addRingDelete(ring);
}
