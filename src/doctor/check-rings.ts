import type { EnvironmentStores, RegisteredNode } from '../environments/environment-store.ts';
import { parseDuration } from '../iso-duration.ts';
import { joinJwk } from '../jose/public-part.ts';
import { thumbprint } from '../jose/thumbprint.ts';
import { exactTimeText } from '../runtime/time-text.ts';
import type { DiagnosticsStores, ExaminedRing } from './diagnostics-store.ts';
import type { Examination, Finding } from './finding.ts';

const ringsPerPage = 256;
const namedAtMost = 10_000;
const nodesNamedAtMost = 5;
/** A clock that is off by less matters for no ring. */
const leastOffsetMs = 1_000;
/** A node whose clock is off by more does not sign. */
const mostOffsetMs = 5 * 60_000;

interface Place {
  readonly name: string;
  readonly nodes: readonly RegisteredNode[];
  /** The smallest `clockSkew` of a ring that is there. */
  clockSkewMs: number;
}

/** Key rings that do not go on as planned, and nodes that keep one from being safe. */
export async function checkRings(stores: DiagnosticsStores & EnvironmentStores): Promise<Examination> {
  const findings: Finding[] = [];
  const places = new Map<string, Place>();
  let rings = 0;
  for (let after = ''; ; ) {
    const page = await stores.diagnostics.examinedRings(after, ringsPerPage);
    for (const ring of page) {
      findings.push(...ringFindings(ring, await placesOf(stores, ring, places)));
    }
    rings += page.length;
    const last = page.at(-1);
    if (!last || page.length < ringsPerPage) break;
    after = last.id;
  }
  for (const place of places.values()) {
    for (const node of place.nodes) findings.push(...clockFindings(node, place));
  }
  for (const { projectName, name, lastUsedAt, retireAt } of await stores.diagnostics.usedRetiringKeys(
    namedAtMost,
  )) {
    const end = retireAt === null ? 'it is not yet known when it retires' : `it retires at ${time(retireAt)}`;
    findings.push({
      topic: 'rings',
      severity: 'warning',
      summary: 'Retiring keys that are still used',
      problem: `JWK ${name} of project ${projectName} was last used at ${time(lastUsedAt)}, and ${end}.`,
      advice:
        'Tokens that it signed are still around. Where they are valid for longer than maxTokenLifetime, make maxTokenLifetime longer before the key retires.',
    });
  }
  findings.push(...(await withheldFindings(stores)));
  return { findings, looked: { 'key rings': rings } };
}

/** Nodes remember revoked keys, and withhold each JWK that is one of them. */
async function withheldFindings({ diagnostics }: DiagnosticsStores): Promise<readonly Finding[]> {
  const withKid = await diagnostics.jwksWithRevokedKid(namedAtMost);
  const withheld = withKid.filter(({ publicJson, revokedPublicJson }) => {
    const itself = thumbprintOf(publicJson);
    return itself !== undefined && itself === thumbprintOf(revokedPublicJson);
  });
  return withheld.map(({ projectName, name, ringName }) => ({
    topic: 'rings',
    severity: 'error',
    summary: 'JWKs that nodes withhold, because their key is revoked',
    problem: `JWK ${name} of project ${projectName} is a key that was revoked in key ring ${ringName}.`,
    advice: 'Nodes neither publish nor use a revoked key. Delete the JWK, or give it another key.',
  }));
}

/** Undefined for a secret key, which has no public members, and for a damaged row, which is another finding. */
function thumbprintOf(publicJson: string): string | undefined {
  try {
    return thumbprint(joinJwk(JSON.parse(publicJson), {}));
  } catch {
    return undefined;
  }
}

async function placesOf(
  { environments, nodes }: EnvironmentStores,
  { projectId, environmentIds, clockSkew }: ExaminedRing,
  places: Map<string, Place>,
): Promise<readonly Place[]> {
  const found: Place[] = [];
  for (const { id, name } of await environments.listReachedBy(projectId)) {
    if (environmentIds !== null && !environmentIds.includes(id)) continue;
    const clockSkewMs = parseDuration(clockSkew) ?? 0;
    const place = places.get(id) ?? { name, nodes: await nodes.list(id), clockSkewMs };
    place.clockSkewMs = Math.min(place.clockSkewMs, clockSkewMs);
    places.set(id, place);
    found.push(place);
  }
  return found;
}

function ringFindings(ring: ExaminedRing, places: readonly Place[]): readonly Finding[] {
  const label = `Key ring ${ring.name} of project ${ring.projectName}`;
  const findings: Finding[] = [];
  const warn = (summary: string, problem: string, advice: string) =>
    findings.push({ topic: 'rings', severity: 'warning', summary, problem, advice });
  const seeAdvice =
    'The present key goes on. `keyplane ring get` names what is waited for: bring those nodes back, or remove them with `keyplane node forget`.';
  if (ring.lateSince !== null) {
    warn(
      'Key rings that are late',
      `${label} has been due for its rotation since ${time(ring.lateSince)}.`,
      seeAdvice,
    );
  } else if (ring.state === 'BLOCKED') {
    warn(
      'Key rings that wait for a node',
      `${label} waits for a node that has not confirmed its next key.`,
      seeAdvice,
    );
  }
  if (ring.heldBecause === 'RESTORED') {
    warn(
      'Key rings that are held since a restore',
      `${label} is held since the database was restored.`,
      'Revoke again what was revoked after the backup, then resume it with `keyplane ring resume`.',
    );
  }
  const unlimited = ring.isPublished
    ? places.flatMap((place) =>
        place.nodes.filter((node) => node.serveLimitMs === null).map((node) => [node, place] as const),
      )
    : [];
  if (unlimited.length > 0) {
    const named = unlimited
      .slice(0, nodesNamedAtMost)
      .map(([node, place]) => `${node.name} of environment ${place.name}`);
    const more = unlimited.length > named.length ? ` and ${unlimited.length - named.length} more` : '';
    warn(
      'Key rings whose nodes have no serve limit',
      `${label} is published without end by nodes that are cut off from every manager: ${named.join(', ')}${more}.`,
      'A node that is cut off goes on publishing a revoked key. Start it with `--serve-limit`.',
    );
  }
  return findings;
}

function clockFindings(node: RegisteredNode, { name, clockSkewMs }: Place): readonly Finding[] {
  const offsetMs = Math.abs(node.clockOffsetMs ?? 0);
  if (!node.connected || offsetMs <= Math.max(clockSkewMs, leastOffsetMs)) return [];
  const doesNotSign = offsetMs > mostOffsetMs;
  const seconds = Math.round(offsetMs / 1_000);
  return [
    {
      topic: 'nodes',
      severity: doesNotSign ? 'error' : 'warning',
      summary: 'Nodes whose clock is off',
      problem: `The clock of node ${node.name} of environment ${name} is ${seconds} seconds ${(node.clockOffsetMs ?? 0) > 0 ? 'ahead of' : 'behind'} the manager's${doesNotSign ? ', so it does not sign' : ''}.`,
      advice: 'Synchronise the clocks of the node and of the managers (NTP).',
    },
  ];
}

function time(date: Date): string | null {
  return exactTimeText(date.toISOString());
}
