import assert from 'node:assert';
import type { ProjectScope } from '../access/caller.ts';
import type { DeploymentTarget } from '../deployments/desire.ts';
import { badRequest, isKeyplaneError, KeyplaneError } from '../errors.ts';
import { useToUseType } from '../jose/jwk.ts';
import type { MaterialRuleNouns } from '../materials/material-kind.ts';
import type { FollowedMaterial, PreparedReferences, ReferencedJwks } from '../materials/referenced-jwks.ts';
import { laterThan } from '../materials/replacement.ts';
import type { SourceRequest } from '../sources/jwk-source.ts';
import { jwkSources } from '../sources/sources.ts';
import type { CreateJwkOptions } from './create-jwk.ts';
import { desireJwk, type JwkRuleNouns, jwkColumns } from './insert-jwk.ts';
import { jwkFromSource } from './jwk-from-source.ts';
import type { StoredJwk } from './jwk-store.ts';
import { openPrivateJwk } from './sealed-members.ts';
import { detached } from './update-jwk.ts';

interface PreparedJwk {
  readonly before: StoredJwk;
  readonly after: StoredJwk;
}

/** JWKs that follow the certificate, key or keystore they were made from, or are let go of by it. */
export function createReferencedJwks(options: CreateJwkOptions): ReferencedJwks {
  const { store } = options;
  return {
    async prepare(materialId, follow): Promise<PreparedReferences> {
      const found = await store.read((nouns) => nouns.jwks.listBySource(materialId));
      const prepared: PreparedJwk[] = [];
      for (const before of found) {
        const made = follow ? await followed(options, before, follow) : detached(before);
        const updatedAt = laterThan(before.updatedAt, options.clock());
        prepared.push({ before, after: { ...made, updatedAt } });
      }
      const apply: PreparedReferences['apply'] = async (materialNouns, scope) => {
        const nouns = withJwks(materialNouns);
        await refuseRaced(nouns, materialId, found);
        const targets: DeploymentTarget[] = [];
        for (const { after } of prepared) {
          targets.push(...(await change(nouns, options, { scope, after, follows: follow !== undefined })));
        }
        return targets;
      };
      return { count: prepared.length, apply };
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

/** Every transaction speaks all nouns; materials only know fewer of them, because JWKs are made from them. */
function withJwks(nouns: MaterialRuleNouns): JwkRuleNouns {
  assert('jwks' in nouns && 'refreshes' in nouns, 'a transaction without JWKs');
  return nouns as JwkRuleNouns;
}

/** The JWK made again, as it was asked for, from what its source holds from now on. */
async function followed(
  options: CreateJwkOptions,
  before: StoredJwk,
  { name, world }: FollowedMaterial,
): Promise<StoredJwk> {
  if (before.sourceType === 'GENERATE') return before;
  const request: SourceRequest = {
    ...before.source,
    ...{ certificateName: name, keyName: name, keyStoreName: name },
    useType: before.use === null ? undefined : useToUseType(before.use),
    algorithm: before.algorithm ?? undefined,
  };
  try {
    const whole = { ...options.sourceWorldOf(before.projectId), ...world };
    const sourced = await jwkSources[before.sourceType].read(request, whole);
    const jwk = await jwkFromSource(sourced);
    const { notBeforeTime, expirationTime } = sourced;
    return { ...before, notBeforeTime, expirationTime, ...jwkColumns(options.sealer, before.id, jwk) };
  } catch (error) {
    if (!isKeyplaneError(error) || error.status >= 500) throw error;
    throw badRequest(`JWK (name: ${before.name}) can not take the new material: ${error.message}`);
  }
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

async function change(
  nouns: JwkRuleNouns,
  options: CreateJwkOptions,
  { scope, after, follows }: { scope: ProjectScope; after: StoredJwk; follows: boolean },
): Promise<readonly DeploymentTarget[]> {
  await nouns.jwks.update(after);
  await options.audit.append(nouns, {
    actor: scope.actor,
    action: follows ? 'jwk.follow' : 'jwk.detach',
    objectType: 'jwk',
    objectId: after.id,
    objectName: after.name,
    projectName: scope.projectName,
    outcome: 'SUCCESS',
    details: { sourceType: after.sourceType, kid: after.kid },
  });
  if (!follows) return [];
  const desired = await desireJwk(nouns, {
    scope,
    stored: after,
    jwk: openPrivateJwk(options.sealer, after),
  });
  return desired.targets;
}
