import { expect, test } from 'vitest';
import type { NodeSession } from '../../src/deployments/node-session.ts';
import { NodeSessions } from '../../src/deployments/node-sessions.ts';

function session(nodeId: string): NodeSession {
  return { identity: { nodeId, environmentId: 'e' } } as NodeSession;
}

test('the end of a replaced stream does not close the stream that replaced it', () => {
  const sessions = new NodeSessions();
  const [former, later] = [session('n'), session('n')];
  sessions.put(former);
  sessions.put(later);
  expect(sessions.drop(former)).toBe(false);
  expect(sessions.of('e').get('n')).toBe(later);
  expect(sessions.drop(later)).toBe(true);
  expect(sessions.drop(later)).toBe(false);
  expect(sessions.all()).toEqual([]);
});
