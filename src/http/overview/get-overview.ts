import { z } from 'zod';
import { keyTypeName } from '../../jose/key-type-name.ts';
import { type KeyTypeName, keyTypes } from '../../jose/key-types.ts';
import type { Overview } from '../../overview/overview.ts';
import { auditItem, auditView } from '../audit/audit-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { environmentType } from '../openapi/named-values.ts';
import { instant, instantOrNull, instantText } from '../responses/response-schemas.ts';
import { ringState } from '../rings/ring-schemas.ts';
import { openToSignedIn } from '../route-access.ts';

const count = z.number().int();
const listedTypes = keyTypes.map(keyTypeName);

const nodeItem = named(
  'OverviewNode',
  z.object({
    name: z.string(),
    connected: z.boolean(),
    state: z.enum(['CURRENT', 'LAGGING', 'REFUSED', 'DISCONNECTED']),
    appliedRevision: count,
    lastSeenAt: instant.nullable(),
    version: z.string().nullable(),
    reason: z.string().nullable().describe('What the node refused last, while it is behind'),
  }),
);

const namedJwk = named('NamedJwk', z.object({ projectName: z.string(), name: z.string() }));

const answer = named(
  'Overview',
  z.object({
    success: z.literal(true),
    projects: z.array(z.object({ name: z.string(), jwks: count })),
    environments: z.array(
      z.object({
        name: z.string(),
        type: environmentType,
        revision: count,
        nodes: z.array(nodeItem),
      }),
    ),
    jwksByType: z.object(
      Object.fromEntries(listedTypes.map((type) => [type, count])) as Record<KeyTypeName, typeof count>,
    ),
    jwksByUse: z.object({ sig: count, enc: count, none: count }),
    expiring: z
      .array(z.object({ projectName: z.string(), name: z.string(), expirationTime: instant }))
      .describe('Expired, or within 30 days; the soonest 20'),
    expiringCount: count,
    failingSources: z.array(
      z.object({
        projectName: z.string(),
        name: z.string(),
        sourceUrl: z.string().nullable(),
        sourceState: z.enum(['FAILING', 'GONE']),
        sourceStateSince: instant,
        sourceStateReason: z.string().nullable(),
      }),
    ),
    failingSourceCount: count,
    sharedKids: z
      .array(
        z.object({
          kid: z.string(),
          environmentName: z
            .string()
            .nullable()
            .describe('The environment whose set of all projects it is about; null: the set of the project'),
          published: z
            .array(namedJwk)
            .describe('JWKs in that set; of those, whose kid it was first comes first'),
          leftOut: z.array(namedJwk).describe('JWKs that the set of the environment leaves out'),
        }),
      )
      .describe(
        'Kids that name different keys in one JWK Set, the first 20; JWKs of projects that the caller may see',
      ),
    sharedKidCount: count,
    keyRings: z
      .array(
        z.object({
          projectName: z.string(),
          name: z.string(),
          state: ringState,
          lateSince: instant.nullable(),
        }),
      )
      .describe('Held, blocked, late or revoking, the first 20'),
    keyRingCount: count,
    caching: z
      .object({ maxAge: count, staleWhileRevalidate: count, staleIfError: count })
      .describe('Seconds, of the Cache-Control of JWK Sets'),
    lastChanges: z.array(auditItem),
  }),
);

export function getOverviewRoute(app: KeyplaneServer, { overview }: Pick<RouteServices, 'overview'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/overview/',
    config: { access: openToSignedIn },
    schema: {
      operationId: 'getOverview',
      tags: ['overview'],
      summary: 'Get the overview of what the caller can see',
      description:
        'Environments with their nodes, JWKs that expire soon, source URLs that fail, and the latest changes, as the first page of the console shows them.',
      response: { 200: answer },
    },
    handler: async ({ caller }) => overviewView(await overview(caller)),
  });
}

function overviewView(found: Overview): z.infer<typeof answer> {
  const { projects, environments, counts, expiring, failing, sharedKids, rings, caching, lastChanges } =
    found;
  const counted = (matches: (one: Overview['counts'][number]) => boolean) =>
    counts.reduce((total, one) => total + (matches(one) ? one.count : 0), 0);
  return {
    success: true,
    projects: [...projects],
    environments: environments.map(environmentView),
    jwksByType: Object.fromEntries(
      listedTypes.map((type) => [type, counted((one) => one.type === type)]),
    ) as Record<KeyTypeName, number>,
    jwksByUse: {
      sig: counted(({ use }) => use === 'sig'),
      enc: counted(({ use }) => use === 'enc'),
      none: counted(({ use }) => use === null),
    },
    expiring: expiring.items.map((one) => ({ ...one, expirationTime: instantText(one.expirationTime) })),
    expiringCount: expiring.total,
    failingSources: failing.items.map(({ state, stateSince, stateReason, ...one }) => ({
      ...one,
      sourceState: state,
      sourceStateSince: instantText(stateSince),
      sourceStateReason: stateReason,
    })),
    failingSourceCount: failing.total,
    sharedKids: sharedKids.items.map(({ published, leftOut, ...one }) => ({
      ...one,
      published: [...published],
      leftOut: [...leftOut],
    })),
    sharedKidCount: sharedKids.total,
    keyRings: rings.items.map((one) => ({ ...one, lateSince: instantOrNull(one.lateSince) })),
    keyRingCount: rings.total,
    caching: { ...caching },
    lastChanges: lastChanges.map(auditView),
  };
}

function environmentView({ environment, revision, nodes }: Overview['environments'][number]) {
  const { name, type } = environment;
  return {
    name,
    type,
    revision,
    nodes: nodes.map(({ node, state }) => ({
      name: node.name,
      connected: node.connected,
      state,
      version: node.version,
      appliedRevision: node.appliedRevision,
      lastSeenAt: instantOrNull(node.lastSeenAt),
      reason: state === 'REFUSED' ? (node.refusal?.reason ?? null) : null,
    })),
  };
}
