// Who calls and what is granted, as the operations listener finds it before it reads a body: of 1,000 applications with 20 grants
// each, by token.

import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { CallerIndex } from '../../src/node/operations/callers/caller-index.ts';
import { identifyCaller } from '../../src/node/operations/callers/identify-caller.ts';
import { JwtCallers } from '../../src/node/operations/callers/jwt-callers.ts';
import { UsedAssertions } from '../../src/node/operations/callers/used-assertions.ts';
import { grantedBy, operationRoute } from '../../src/node/operations/node-operation.ts';
import { median } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';

const goalMicros = 30;
const applications = 1_000;
const grantsOfEach = 20;
const rounds = 25;
const checksOfRound = 20_000;

export async function run(): Promise<BenchRow[]> {
  const callers = new CallerIndex();
  for (let index = 0; index < applications; index += 1) {
    callers.put({
      kind: 'application',
      id: `application-${index}`,
      project: 'Bench',
      name: `application-${index}`,
      expires: null,
      tokens: [{ hash: hash('sha256', tokenOf(index), 'hex'), validUntil: null }],
      grants: Array.from({ length: grantsOfEach }, (_, grant) => ({
        keyRingId: `ring-${grant}`,
        jwkId: null,
        operations: ['SIGN', 'VERIFY'] as const,
        rate: { perSecond: 1e9, burst: 1e9 },
      })),
    });
  }
  const now = () => Date.now();
  const jwts = new JwtCallers({
    credentials: callers,
    used: new UsedAssertions({ journal: undefined, now }),
    now,
  });
  const sources = { callers, jwts, now };
  const micros: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedMs = performance.now();
    for (let check = 0; check < checksOfRound; check += 1) {
      const route = operationRoute('/projects/Bench/key-rings/ring-7/sign');
      const authorization = `Bearer ${tokenOf(check % applications)}`;
      const request = { headers: { authorization } } as IncomingMessage;
      const caller = identifyCaller(sources, 'Bench', request);
      if (route === undefined || caller === undefined || caller instanceof Promise)
        throw new Error('unknown');
      const grant = caller.grants.get('ring-7');
      const operation = grant && grantedBy(grant.operations, route);
      if (operation === undefined || grant?.buckets.get(operation)?.take(1) === false) {
        throw new Error('not granted');
      }
    }
    micros.push(((performance.now() - startedMs) * 1_000) / checksOfRound);
  }
  const ours = median(micros);
  return [
    {
      name: `grant check at a node with ${applications} applications`,
      ours: `${ours.toFixed(1)} µs`,
      yardstick: `${goalMicros} µs`,
      ratio: ours / goalMicros,
      goal: { atMost: 1 },
    },
  ];
}

function tokenOf(index: number): string {
  return `kpa_${String(index).padStart(43, '0')}`;
}
