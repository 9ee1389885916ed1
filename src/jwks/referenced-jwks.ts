import type { ProjectScope } from '../access/caller.ts';
import type { DeploymentTarget } from '../deployments/desire.ts';
import { badRequest, isKeyplaneError, KeyplaneError } from '../errors.ts';
import { useToUseType } from '../jose/use-type.ts';
import type { FollowedMaterial, PreparedReferences, ReferencedJwks } from '../materials/referenced-jwks.ts';
import { laterThan } from '../materials/replacement.ts';
import type { SourceRequest } from '../sources/jwk-source.ts';
import { jwkSource } from '../sources/sources.ts';
import type { CreateJwkOptions } from './create-jwk.ts';
import { desireJwk, type JwkRuleNouns, jwkColumns } from './insert-jwk.ts';
import { jwkEvent } from './jwk-event.ts';
import { hasDefaultKid, jwkFromSource } from './jwk-from-source.ts';
import type { StoredJwk } from './jwk-store.ts';
import { underFreeKidStill, withKidSince } from './published-kid.ts';
import { openPrivateJwk } from './sealed-members.ts';
import { detached } from './update-jwk.ts';

interface PreparedJwk {
  readonly before: StoredJwk;
  readonly after: StoredJwk;
  readonly kidGivesWay: boolean;
  readonly warnings: readonly string[];
}

/** JWKs that follow the certificate, key or keystore they were made from, or are let go of by it. */
export function createReferencedJwks(options: CreateJwkOptions): ReferencedJwks {
  const { store } = options;
  return {
    async prepare(materialId, follow): Promise<PreparedReferences> {
      const found = await store.read((nouns) => nouns.jwks.listBySource(materialId));
      const prepared: PreparedJwk[] = [];
      for (const before of found) {
        const { made, kidGivesWay, warnings } = follow
          ? await followed(options, before, follow)
          : { made: detached(before), kidGivesWay: false, warnings: [] };
        const updatedAt = laterThan(before.updatedAt, options.clock());
        prepared.push({ before, after: { ...made, updatedAt }, kidGivesWay, warnings });
      }
      const change = async (nouns: JwkRuleNouns, scope: ProjectScope) => {
        await refuseRaced(nouns, materialId, found);
        const targets: DeploymentTarget[] = [];
        const follows = follow !== undefined;
        // All of them first: two that are published alike still are once both have the new material.
        for (const { after } of prepared) await nouns.jwks.update(after);
        for (const one of prepared) {
          const after = follows ? await withSettledKid(nouns, options, one) : one.after;
          targets.push(...(await record(nouns, options, { scope, after, follows })));
        }
        return targets;
      };
      const warnings = prepared.flatMap(({ before, warnings }) =>
        warnings.map((text) => `JWK (name: ${before.name}): ${text}`),
      );
      return {
        warnings,
        write: (work) => store.write((nouns) => work(nouns, (scope) => change(nouns, scope))),
      };
    },
    list: (materialId) =>
      store.read(async (nouns) => {
        const found = await nouns.jwks.listBySource(materialId);
        const references = found.map(async ({ projectId, name }) => {
          return { projectId, projectName: (await nouns.projects.get(projectId))?.name ?? '', name };
        });
        return Promise.all(references);
      }),
  };
}

/** The JWK made again, as it was asked for, from what its source holds from now on. */
async function followed(
  options: CreateJwkOptions,
  before: StoredJwk,
  { name, world }: FollowedMaterial,
): Promise<Pick<PreparedJwk, 'kidGivesWay' | 'warnings'> & { readonly made: StoredJwk }> {
  if (before.sourceType === 'GENERATE') return { made: before, kidGivesWay: false, warnings: [] };
  const request: SourceRequest = {
    ...before.source,
    certificateName: name,
    keyName: name,
    keyStoreName: name,
    useType: before.use === null ? undefined : useToUseType(before.use),
    algorithm: before.algorithm ?? undefined,
  };
  try {
    const source = jwkSource(before.sourceType);
    const sourced = await options.withSourceWorld(before.projectId, (whole) =>
      source.read(request, { ...whole, ...world }),
    );
    const { jwk, warnings } = await jwkFromSource(sourced);
    const { notBeforeTime, expirationTime } = sourced;
    const columns = jwkColumns(options.sealer, before.id, jwk);
    const made = { ...before, notBeforeTime, expirationTime, ...columns };
    return { made, kidGivesWay: hasDefaultKid(sourced), warnings };
  } catch (error) {
    throw unfitMaterial(before, error);
  }
}

/** With its row brought in line, where its kid gives way to the thumbprint. */
async function withSettledKid(
  nouns: JwkRuleNouns,
  { sealer }: CreateJwkOptions,
  { before, after, kidGivesWay }: PreparedJwk,
): Promise<StoredJwk> {
  const jwk = openPrivateJwk(sealer, after);
  try {
    const named = await underFreeKidStill(nouns, before, { stored: after, jwk, kidGivesWay });
    const stored = withKidSince(before, named.stored);
    if (stored !== after) await nouns.jwks.update(stored);
    return stored;
  } catch (error) {
    throw unfitMaterial(before, error);
  }
}

function unfitMaterial({ name }: StoredJwk, error: unknown): unknown {
  if (!isKeyplaneError(error) || error.status >= 500 || error.code === 'rate_limit_exceeded') return error;
  const { reason, member } = error;
  return badRequest(`JWK (name: ${name}) can not take the new material: ${error.message}`, {
    reason,
    member,
  });
}

async function refuseRaced(nouns: JwkRuleNouns, materialId: string, found: readonly StoredJwk[]) {
  const mark = (jwks: readonly StoredJwk[]) =>
    jwks.map(({ id, updatedAt }) => `${id} ${updatedAt.getTime()}`).sort();
  const now = mark(await nouns.jwks.listBySource(materialId));
  if (now.join() === mark(found).join()) return;
  throw new KeyplaneError(
    'conflict',
    'A JWK made from this source was changed by another request. Try again!',
  );
}

async function record(
  nouns: JwkRuleNouns,
  options: CreateJwkOptions,
  { scope, after, follows }: { scope: ProjectScope; after: StoredJwk; follows: boolean },
): Promise<readonly DeploymentTarget[]> {
  const details = { sourceType: after.sourceType, kid: after.kid };
  await options.audit.append(nouns, jwkEvent(follows ? 'follow' : 'detach', scope, after, details));
  if (!follows) return [];
  const desired = await desireJwk(nouns, {
    scope,
    stored: after,
    jwk: openPrivateJwk(options.sealer, after),
  });
  return desired.targets;
}
