import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestManager, type TestManager } from '../support/manager.ts';

let keyplane: TestManager;
beforeAll(async () => {
  keyplane = await startTestManager();
});
afterAll(() => keyplane.close());

test('no answer over plain HTTP has HSTS, whatever a client says of a proxy', async () => {
  const headers = { 'x-forwarded-proto': 'https', forwarded: 'proto=https' };
  for (const path of ['/healthz', '/apiops/projects/', '/nothing']) {
    const answer = await fetch(`${keyplane.url}${path}`, { headers });
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('strict-transport-security')).toBeNull();
  }
});
