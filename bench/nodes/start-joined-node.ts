import { type BenchProcess, startBenchProcess } from '../bench-process.ts';

const { runtime } = (await import(new URL('../../scripts/places.mjs', import.meta.url).href)) as {
  readonly runtime: { readonly nodeArgs: string[]; readonly variables: NodeJS.ProcessEnv };
};

/** A process for one node, with the flags and variables that a node is started with. */
export function startJoinedNode(): BenchProcess {
  const env = { ...process.env, ...runtime.variables };
  return startBenchProcess(new URL('./joined-node.ts', import.meta.url), { execArgv: runtime.nodeArgs, env });
}
