import { expect, test } from 'vitest';
import { DeployedNodes } from '../../src/deployments/deployed-nodes.ts';
import type { NodeStore } from '../../src/environments/environment-store.ts';

function world() {
  const reads: (readonly string[])[] = [];
  let failure: Error | undefined;
  const deployedIn: NodeStore['deployedIn'] = async (ids) => {
    reads.push(ids);
    if (failure) throw failure;
    return ids.map((environmentId) => ({
      environmentId,
      environmentName: `name of ${environmentId}`,
      nodes: [],
    }));
  };
  const stores = { nodes: { deployedIn } as NodeStore };
  const nodes = new DeployedNodes({
    read: (callback) => callback(stores),
    write: (callback) => callback(stores),
  });
  const fail = (error: Error) => {
    failure = error;
  };
  return { nodes, reads, fail };
}

test('changes of one turn of the event loop are read together, and later ones in another query', async () => {
  const { nodes, reads } = world();
  const [one, other] = await Promise.all([nodes.read(['a', 'b']), nodes.read(['b', 'c'])]);
  expect(reads).toEqual([['a', 'b', 'c']]);
  expect(one.get('b')?.environmentName).toBe('name of b');
  expect(other.get('c')?.environmentName).toBe('name of c');
  await nodes.read(['a']);
  expect(reads).toEqual([['a', 'b', 'c'], ['a']]);
});

test('a read that fails rejects for all who wait for it', async () => {
  const { nodes, fail } = world();
  fail(new Error('unavailable'));
  const outcomes = await Promise.allSettled([nodes.read(['a']), nodes.read(['b'])]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
