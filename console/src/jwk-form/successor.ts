// A successor is a new JWK like an older one, so that both are published while verifiers learn of the new key.

import { useQuery } from '@tanstack/react-query';
import type { JwkDetail } from '../../../clients/typescript/src/index.ts';
import { parseDuration } from '../../../src/iso-duration.ts';
import { useToUseType as toUseType } from '../../../src/jose/use-type.ts';
import { keyplane } from '../api/keyplane.ts';
import { materialName, materialPageOf } from '../jwk-detail/material-of-source.ts';
import { intervalUnits, quantityOf } from '../quantity/quantity.ts';
import { type Draft, emptyDraft } from './draft.ts';
import { formSourceOf } from './form-sources.ts';
import { algorithmsOf, generatedKinds } from './generated-kinds.ts';

/** What the form of a successor begins with. Disabled without the name of a JWK. */
export function useSuccessorDraft(projectName: string, jwkName: string | undefined) {
  return useQuery({
    queryKey: ['successor', projectName, jwkName],
    enabled: jwkName !== undefined,
    // It fills a form, which nothing may change afterwards.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    queryFn: async () => {
      const ref = { projectName, jwkName: jwkName ?? '' };
      const [found, published] = await Promise.all([
        keyplane.getJwk({ ...ref, publicOnly: 'true' }),
        keyplane.getJwkPublic(ref),
      ]);
      const [jwk] = found.resultList;
      const [view] = published.resultList;
      if (jwk === undefined || view === undefined) throw new Error('The manager responded without the JWK');
      const page = materialPageOf(jwk.sourceType);
      const material =
        page === null || jwk.sourceId === null
          ? undefined
          : await materialName(projectName, page, jwk.sourceId);
      return successorDraft(jwk, { hasPrivatePart: view.hasPrivatePart, material });
    },
  });
}

/** A generated key, or one pasted with its private part, is generated again. Any other comes from its source. */
function successorDraft(
  jwk: JwkDetail,
  { hasPrivatePart, material }: { readonly hasPrivatePart: boolean; readonly material: string | undefined },
): Draft {
  const { name, description, sourceType, sourceUrl, sourceEnvironmentName, sourceAliasName } = jwk;
  const common: Draft = {
    ...emptyDraft,
    name: nextName(name),
    description: description ?? '',
    useType: jwk.use === null ? '' : toUseType(jwk.use),
    algorithm: jwk.algorithm ?? '',
  };
  const generated = generatedDraft(jwk);
  if (
    generated !== undefined &&
    (sourceType === 'GENERATE' || (sourceType === 'COPY_PASTE' && hasPrivatePart))
  )
    return { ...common, ...generated, source: 'GENERATE' };
  const isFollowed = jwk.refreshInterval !== undefined;
  const interval = parseDuration(jwk.refreshInterval ?? '');
  return {
    ...common,
    source: formSourceOf(sourceType === 'GENERATE' ? 'COPY_PASTE' : sourceType),
    ...(sourceUrl !== null && { url: sourceUrl, follows: isFollowed }),
    ...(interval !== undefined && { refreshInterval: quantityOf(interval, intervalUnits) }),
    materialName: material ?? '',
    environmentName: material === undefined ? '' : (sourceEnvironmentName ?? ''),
    aliasName: sourceAliasName ?? '',
    keySource: sourceType === 'PUBLIC_KEY' ? 'PUBLIC_KEY' : 'PRIVATE_KEY',
  };
}

/** Type, size or curve, and as long a life as the older key had; undefined for a type that is not generated. */
function generatedDraft(jwk: JwkDetail): Partial<Draft> | undefined {
  const kind = generatedKinds.find(({ name }) => name === jwk.type);
  if (kind === undefined) return undefined;
  const { variants, preset } = kind.generate;
  const same = variants.find(({ crv, alg, bits }) => {
    if (crv !== undefined) return crv === jwk.curve;
    return alg === undefined ? bits === jwk.size : alg === jwk.algorithm;
  });
  // The API does not show the size of a secret: the preset, or the first that its algorithm fits.
  const fitting = [preset, ...variants.map(({ value }) => value)].find((value) => {
    const { SIGNATURE, ENCRYPTION } = algorithmsOf(kind.name, value);
    return jwk.algorithm === null || [...SIGNATURE, ...ENCRYPTION].includes(jwk.algorithm);
  });
  return { type: kind.name, variant: same?.value ?? fitting ?? preset, ...lifetime(jwk) };
}

function lifetime({ notBeforeTime, expirationTime }: JwkDetail): Partial<Draft> {
  if (notBeforeTime === null || expirationTime === null) return {};
  const milliseconds = Date.parse(expirationTime) - Date.parse(notBeforeTime);
  return { expirationTime: new Date(Date.now() + milliseconds).toISOString() };
}

/** `orders` is followed by `orders-2`, which is followed by `orders-3`. */
function nextName(name: string): string {
  const [, stem = name, number] = /^(.+)-(\d{1,9})$/.exec(name) ?? [];
  return number === undefined ? `${name}-2` : `${stem}-${Number(number) + 1}`;
}
