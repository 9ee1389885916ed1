import type { ProjectScope } from '../access/caller.ts';
import type { DeploymentTarget } from '../deployments/put-desired-state.ts';
import { badRequest, isKeyplaneError, KeyplaneError } from '../errors.ts';
import { useToUseType } from '../jose/use-type.ts';
import { laterThan } from '../materials/optimistic-update.ts';
import type { FollowedMaterial, PreparedReferences, ReferencedJwks } from '../materials/referenced-jwks.ts';
import { requireNoOutlet } from '../outlets/outlet-uses.ts';
import type { SourceRequest } from '../sources/jwk-source.ts';
import { jwkSource } from '../sources/sources.ts';
import type { CreateJwkOptions } from './create-jwk.ts';
import { noteExpiration } from './expiration/expiration-notice.ts';
import { type JwkRuleStores, jwkColumns, putDesiredJwk } from './insert-jwk.ts';
import { jwkEvent, recordJwkEvent } from './jwk-event.ts';
import { hasDefaultKid, jwkFromSource } from './jwk-from-source.ts';
import type { StoredJwk } from './jwk-store.ts';
import { withFreeKidOnUpdate, withKidSince } from './published-kid.ts';
import { openPrivateJwk } from './sealed-members.ts';
import { detached } from './update-jwk.ts';

interface PreparedJwk {
  readonly before: StoredJwk;
  readonly after: StoredJwk;
  readonly canReplaceKid: boolean;
  readonly warnings: readonly string[];
}

/** JWKs that are updated with the certificate, key or keystore they were made from, or detached from it. */
export function createReferencedJwks(options: CreateJwkOptions): ReferencedJwks {
  const { store } = options;
  return {
    async prepare(materialId, follow): Promise<PreparedReferences> {
      const found = await store.read((stores) => stores.jwks.listBySource(materialId));
      const prepared: PreparedJwk[] = [];
      for (const before of found) {
        const { made, canReplaceKid, warnings } = follow
          ? await followed(options, before, follow)
          : { made: detached(before), canReplaceKid: false, warnings: [] };
        const updatedAt = laterThan(before.updatedAt, options.clock());
        prepared.push({ before, after: { ...made, updatedAt }, canReplaceKid, warnings });
      }
      const change = async (stores: JwkRuleStores, scope: ProjectScope) => {
        await requireUnchanged(stores, materialId, found);
        const targets: DeploymentTarget[] = [];
        const follows = follow !== undefined;
        // All of them first: two that are published alike still are once both have the new material.
        for (const { after } of prepared) await stores.jwks.update(after);
        for (const one of prepared) {
          const after = follows ? await withSettledKid(stores, options, one) : one.after;
          targets.push(...(await record(stores, options, { scope, after, follows })));
        }
        return targets;
      };
      const warnings = prepared.flatMap(({ before, warnings }) =>
        warnings.map((text) => `JWK (name: ${before.name}): ${text}`),
      );
      return {
        warnings,
        write: (work) =>
          store.write((stores) =>
            work(
              stores,
              (scope) => change(stores, scope),
              (title) => requireNoOutlet(stores, materialId, title),
            ),
          ),
      };
    },
    list: (materialId) =>
      store.read(async (stores) => {
        const found = await stores.jwks.listBySource(materialId);
        const references = found.map(async ({ projectId, name }) => {
          return { projectId, projectName: (await stores.projects.get(projectId))?.name ?? '', name };
        });
        return Promise.all(references);
      }),
  };
}

/** The JWK made again, as it was asked for, from what its source holds from now on. */
async function followed(
  options: CreateJwkOptions,
  before: StoredJwk,
  { name, context }: FollowedMaterial,
): Promise<Pick<PreparedJwk, 'canReplaceKid' | 'warnings'> & { readonly made: StoredJwk }> {
  if (before.sourceType === 'GENERATE') return { made: before, canReplaceKid: false, warnings: [] };
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
    const sourced = await options.withSourceContext(before.projectId, (whole) =>
      source.read(request, { ...whole, ...context }),
    );
    const { jwk, warnings } = await jwkFromSource(sourced);
    const { notBeforeTime, expirationTime } = sourced;
    const columns = jwkColumns(options.sealer, before.id, jwk);
    const made = { ...before, notBeforeTime, expirationTime, ...columns };
    return { made, canReplaceKid: hasDefaultKid(sourced), warnings };
  } catch (error) {
    throw materialError(before, error);
  }
}

/** With its row brought in line, where its kid gives way to the thumbprint. */
async function withSettledKid(
  stores: JwkRuleStores,
  { sealer }: CreateJwkOptions,
  { before, after, canReplaceKid }: PreparedJwk,
): Promise<StoredJwk> {
  const jwk = openPrivateJwk(sealer, after);
  try {
    const named = await withFreeKidOnUpdate(stores, before, { stored: after, jwk, canReplaceKid });
    const stored = withKidSince(before, named.stored);
    if (stored !== after) await stores.jwks.update(stored);
    return stored;
  } catch (error) {
    throw materialError(before, error);
  }
}

function materialError({ name }: StoredJwk, error: unknown): unknown {
  if (!isKeyplaneError(error) || error.status >= 500 || error.code === 'rate_limit_exceeded') return error;
  const { reason, member } = error;
  return badRequest(`JWK (name: ${name}) can not take the new material: ${error.message}`, {
    reason,
    member,
  });
}

async function requireUnchanged(stores: JwkRuleStores, materialId: string, found: readonly StoredJwk[]) {
  const mark = (jwks: readonly StoredJwk[]) =>
    jwks.map(({ id, updatedAt }) => `${id} ${updatedAt.getTime()}`).sort();
  const now = mark(await stores.jwks.listBySource(materialId));
  if (now.join() === mark(found).join()) return;
  throw new KeyplaneError(
    'conflict',
    'A JWK made from this source was changed by another request. Try again!',
  );
}

async function record(
  stores: JwkRuleStores,
  options: CreateJwkOptions,
  { scope, after, follows }: { scope: ProjectScope; after: StoredJwk; follows: boolean },
): Promise<readonly DeploymentTarget[]> {
  const details = { sourceType: after.sourceType, kid: after.kid };
  await options.audit.append(stores, jwkEvent(follows ? 'follow' : 'detach', scope, after, details));
  const { sourceType, updatedAt: at } = after;
  await recordJwkEvent(stores, 'jwk.updated', after, { at, facts: { sourceType } });
  await noteExpiration(stores, after, at);
  if (!follows) return [];
  const jwk = openPrivateJwk(options.sealer, after);
  const desired = await putDesiredJwk(stores, { scope, stored: after, jwk }, options.onUnreadable);
  return desired.targets;
}
