// Which part of a create the samples of a CPU profile belong to: that of the innermost function of ours on the stack,
// and of a library where none of ours is.

/** As far as it is read here; V8 writes more. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples?: readonly number[] | undefined;
  readonly timeDeltas?: readonly number[] | undefined;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[] | undefined;
}

export const createParts = Object.freeze([
  'HTTP and validation',
  'access',
  'soundness',
  'sealing',
  'SQL',
  'fan-out',
  'rules',
  'runtime',
] as const);
export type CreatePart = (typeof createParts)[number];

/** The first pattern that a frame's URL matches; `deep` ones also count what they call in libraries. */
const partOfUrl: readonly (readonly [RegExp, CreatePart])[] = [
  [/\/src\/access\/|\/http\/route-access/, 'access'],
  [
    /\/src\/(http|idempotency)\/|\/runtime\/(pipelining|fair-queue|event-loop|requester)/,
    'HTTP and validation',
  ],
  [/\/src\/(jose|sources|asn1)\//, 'soundness'],
  [/\/src\/sealing\/|\/jwks\/sealed-members/, 'sealing'],
  [/\/src\/(store|audit)\//, 'SQL'],
  [/\/src\/(deployments|protocol)\/|\/http\/node-stream/, 'fan-out'],
  [/\/src\//, 'rules'],
  [/node_modules\/(kysely|better-sqlite3|pg|pg-[a-z]+|postgres-[a-z]+)\//, 'SQL'],
  [/node_modules\/ws\//, 'fan-out'],
  [
    /node_modules\/(@?fastify|zod|pino|find-my-way|avvio|light-my-request|prom-client|sonic-boom|secure-json)|node:_http|node:http/,
    'HTTP and validation',
  ],
];

export interface PartShare {
  readonly shares: ReadonlyMap<CreatePart, number>;
  /** Of functions, the largest first. */
  readonly functions: readonly (readonly [string, number])[];
}

/** Shares of the samples that are not idle. */
export function partsOf({ nodes, samples = [], timeDeltas = [] }: CpuProfile): PartShare {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parentOf = new Map<number, number>();
  for (const { id, children = [] } of nodes) for (const child of children) parentOf.set(child, id);
  const ownMicros = new Map<number, number>();
  for (const [index, id] of samples.entries()) {
    ownMicros.set(id, (ownMicros.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  }
  const parts = new Map<CreatePart, number>();
  const functions = new Map<string, number>();
  let all = 0;
  for (const [id, micros] of ownMicros) {
    const node = byId.get(id);
    if (!node || node.callFrame.functionName === '(idle)') continue;
    all += micros;
    const part = partOfStack(id, byId, parentOf);
    parts.set(part, (parts.get(part) ?? 0) + micros);
    const { functionName, url, lineNumber } = node.callFrame;
    const name = `${functionName || '(anonymous)'} ${url.replace(/.*\/(src|node_modules|bench)\//, '$1/')}:${lineNumber + 1}`;
    functions.set(name, (functions.get(name) ?? 0) + micros);
  }
  const share = (micros: number) => micros / (all || 1);
  return {
    shares: new Map(createParts.map((part) => [part, share(parts.get(part) ?? 0)])),
    functions: [...functions]
      .sort(([, a], [, b]) => b - a)
      .map(([name, micros]) => [name, share(micros)] as const),
  };
}

function partOfStack(
  id: number,
  byId: ReadonlyMap<number, ProfileNode>,
  parentOf: ReadonlyMap<number, number>,
): CreatePart {
  for (let at: number | undefined = id; at !== undefined; at = parentOf.get(at)) {
    const url = byId.get(at)?.callFrame.url ?? '';
    const known = partOfUrl.find(([pattern]) => pattern.test(url));
    if (known) return known[1];
  }
  return 'runtime';
}
