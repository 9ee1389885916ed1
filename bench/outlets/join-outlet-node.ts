import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchManager } from '../bench-manager.ts';
import type { BenchProcess } from '../bench-process.ts';
import type { JoinedNodeOrder } from '../nodes/joined-node.ts';

/**
 * Joins the node to a new environment; its outlets deliver below `outlets` of the folder.
 * @returns the URL of the node
 */
export async function joinOutletNode(
  manager: BenchManager,
  node: BenchProcess,
  folder: string,
): Promise<string> {
  await manager.post('/apiops/environments/', { name: 'bench', type: 'TEST' });
  const answer = await manager.post('/apiops/environments/bench/enrollment-tokens/', { privateKeys: true });
  const { token } = JSON.parse(answer) as { readonly token: string };
  const [dataDir, outletDir] = [join(folder, 'node'), join(folder, 'outlets')];
  await mkdir(outletDir);
  const order = { managerUrl: manager.url, environment: 'bench', token, dataDir, outletDir };
  return node.ask<string>(order satisfies JoinedNodeOrder);
}
