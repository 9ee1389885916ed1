// How many statements a create takes, from the request to what is recorded of the nodes: each is a round trip to a remote
// database, and costs what its rows cost in one of this process.

import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { currentRequester } from '../../src/runtime/requester.ts';
import { SqliteConnection } from '../../src/store/sqlite/sqlite-connection.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { databaseKind } from '../support/postgres-databases.ts';
import { p256Private } from './support/sample-keys.ts';

/** Of requests alone: what the manager does by the clock runs on behalf of no user. */
const statements: string[] = [];
/** What nodes confirmed is recorded beside the request. */
const ofConfirmations = /^update nodes/;
function note(text: string): void {
  if (currentRequester() !== '' || ofConfirmations.test(text)) statements.push(text);
}
const { run } = SqliteConnection.prototype;
const { query } = pg.Client.prototype;
let world: TestManager;
beforeAll(async () => {
  world = await startTestManager({ environments: ['first', 'second'] });
  for (const environment of ['first', 'second']) await world.addNode(environment, `node-of-${environment}`);
  SqliteConnection.prototype.run = function counted(this: SqliteConnection, ...args: Parameters<typeof run>) {
    note(args[0]);
    return run.apply(this, args);
  } as typeof run;
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
    const [first] = args;
    note(typeof first === 'string' ? first : (first as pg.QueryConfig).text);
    return Reflect.apply(query, this, args);
  } as typeof query;
});
afterAll(async () => {
  SqliteConnection.prototype.run = run;
  pg.Client.prototype.query = query;
  await world.close();
});

const limits = { sqlite: 10, postgres: 7 } as const;
const isControl = (text: string) => /^(begin|start transaction|commit|rollback)/i.test(text);

test('a create with two nodes takes few statements', async () => {
  const taken: string[][] = [];
  for (let index = 0; index < 12; index += 1) {
    statements.length = 0;
    const jwkStr = JSON.stringify({ ...p256Private, kid: `kid-${index}` });
    const body = { name: `jwk-${index}`, sourceType: 'COPY_PASTE', jwkStr };
    const { body: answer } = await world.api('POST', '/apiops/projects/MyProject/jwks/', body);
    const results = [{ success: true }, { success: true }];
    expect(answer.deploymentResult.environmentResults).toMatchObject(results);
    taken.push(statements.filter((text) => !isControl(text)));
  }
  // The caller is looked up every few seconds, and confirmations of two nodes may be recorded apart.
  const fewest = taken.toSorted((one, other) => one.length - other.length)[0] ?? [];
  expect(fewest.length, fewest.join('\n')).toBeLessThanOrEqual(limits[databaseKind()]);
  expect(fewest.filter((text) => text.includes('"tokens"'))).toEqual([]);
});
