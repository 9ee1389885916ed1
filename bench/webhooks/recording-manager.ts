// The measured manager, which also records events on request: to change thousands of objects takes longer than what is measured.

import { recordEvent } from '../../src/events/record-event.ts';
import { manager } from '../measured-manager.ts';

export interface RecordQuestion {
  readonly record: number;
}

const objects = 50;

process.on('message', (question: RecordQuestion | string) => {
  if (typeof question === 'string') return;
  record(question.record).then(() => process.send?.(question.record));
});

async function record(count: number): Promise<void> {
  await manager.services.store.write(async (stores) => {
    const project = await stores.projects.find('Bench');
    for (let number = 0; number < count; number += 1) {
      await recordEvent(stores, {
        projectId: project?.id ?? '',
        type: 'jwk.updated',
        objectType: 'jwk',
        objectName: `jwk-${number % objects}`,
        kid: `kid-${number % objects}`,
        facts: { sourceType: 'GENERATE' },
        at: new Date(),
      });
    }
  });
}
