import type {
  CreateJwk,
  GenerateJwk,
  InspectJwkSource,
  SourceKey,
  UseType,
} from '../../../clients/typescript/src/index.ts';
import { unchecked } from '../api/unchecked.ts';
import { countOf, isoOf, sizeUnits, timeLimitUnits } from '../quantity/quantity.ts';
import type { Draft } from './draft.ts';
import type { StoredFormSource } from './form-sources.ts';
import { algorithmsOf, generatedKind } from './generated-kinds.ts';

type Algorithms = Readonly<Record<UseType, readonly string[]>>;

const orNothing = (text: string) => (text.trim() === '' ? undefined : text.trim());

/** The source of the key; undefined while it is too incomplete to be inspected. */
export function sourceOf(draft: Draft): InspectJwkSource | undefined {
  const { materialName, environmentName } = draft;
  const isComplete = materialName !== '' && environmentName !== '';
  switch (draft.source) {
    case 'GENERATE':
      return undefined;
    case 'URL':
      return draft.url.trim() === '' ? undefined : urlSource(draft);
    case 'COPY_PASTE':
      return draft.jwkStr.trim() === '' ? undefined : { sourceType: 'COPY_PASTE', jwkStr: draft.jwkStr };
    case 'CERTIFICATE':
    case 'KEY':
    case 'KEYSTORE':
      return isComplete ? storedSource(draft, draft.source) : undefined;
    default:
      return draft.source satisfies never;
  }
}

function urlSource(draft: Draft): InspectJwkSource {
  return {
    sourceType: 'URL',
    url: draft.url.trim(),
    urlOptionConnectTimeout: countOf(draft.urlOptionConnectTimeout, timeLimitUnits),
    urlOptionReadTimeout: countOf(draft.urlOptionReadTimeout, timeLimitUnits),
    urlOptionSizeLimit: countOf(draft.urlOptionSizeLimit, sizeUnits),
  };
}

function storedSource(draft: Draft, source: StoredFormSource): InspectJwkSource {
  const { materialName, environmentName } = draft;
  switch (source) {
    case 'CERTIFICATE':
      return { sourceType: 'CERTIFICATE', certificateName: materialName, environmentName };
    case 'KEYSTORE':
      return { sourceType: 'KEYSTORE', keyStoreName: materialName, environmentName };
    case 'KEY':
      return { sourceType: draft.keySource, keyName: materialName, environmentName };
    default:
      return source satisfies never;
  }
}

/** The use and the algorithm of the request: the chosen ones if they fit the key, otherwise the first that do. */
export function usageOf(
  draft: Pick<Draft, 'useType' | 'algorithm'>,
  algorithms: Algorithms,
): { useType: UseType; algorithm: string } {
  const first: UseType = algorithms.SIGNATURE.length > 0 ? 'SIGNATURE' : 'ENCRYPTION';
  const useType = draft.useType !== '' && algorithms[draft.useType].length > 0 ? draft.useType : first;
  const fitting = algorithms[useType];
  return { useType, algorithm: fitting.includes(draft.algorithm) ? draft.algorithm : (fitting[0] ?? '') };
}

/** The body of Create JWK and, without its name, of Update JWK, as far as the form is filled in. */
export function createBody(draft: Draft, chosen: SourceKey | undefined): CreateJwk {
  return unchecked<CreateJwk>({ ...filledIn(draft, chosen), ...allowancesOf(draft) });
}

/** What is not set is left out, so that a JWK that is replaced keeps what it has. */
function allowancesOf({ allowRsa15, allowCompressed, maxIterationCount }: Draft) {
  return {
    ...(allowRsa15 && { allowRsa15 }),
    ...(allowCompressed && { allowCompressed }),
    ...(maxIterationCount !== '' && { maxIterationCount: Number(maxIterationCount) }),
  };
}

function filledIn(draft: Draft, chosen: SourceKey | undefined) {
  const { name, description, kid } = draft;
  const body = { name, description: orNothing(description), ...(sourceOf(draft) ?? incompleteSource(draft)) };
  switch (draft.source) {
    case 'URL': {
      const refreshInterval = draft.follows ? isoOf(draft.refreshInterval) : undefined;
      return { ...body, kid: orNothing(kid), ...wishOf(draft, chosen), refreshInterval };
    }
    case 'COPY_PASTE':
      return { ...body, kid: orNothing(kid), ...wishOf(draft, chosen) };
    case 'GENERATE':
      return body;
    case 'CERTIFICATE':
    case 'KEY':
    case 'KEYSTORE': {
      const usage = chosen?.algorithms ? usageOf(draft, chosen.algorithms) : {};
      const alias = draft.source === 'KEYSTORE' ? { aliasName: orNothing(draft.aliasName) } : {};
      return { ...body, ...alias, ...usage, kid: orNothing(kid) };
    }
    default:
      return draft.source satisfies never;
  }
}

/** The source as far as it is filled in, so that the manager reports what is missing. */
function incompleteSource(draft: Draft) {
  const { source } = draft;
  if (source === 'GENERATE') return {};
  return source === 'URL' || source === 'COPY_PASTE' ? { sourceType: source } : storedSource(draft, source);
}

/** Use and algorithm for a key that does not state them itself. */
function wishOf({ useType, algorithm }: Draft, chosen: SourceKey | undefined) {
  return {
    useType: chosen?.use !== null || useType === '' ? undefined : useType,
    algorithm: chosen?.algorithm === null ? orNothing(algorithm) : undefined,
  };
}

export function generateBody(draft: Draft): GenerateJwk {
  const { name, description, type, variant, keyIdType } = draft;
  const kid = keyIdType === 'GIVEN' ? orNothing(draft.kid) : undefined;
  const { member, generate } = generatedKind(type);
  const { parameter } = generate;
  const { useType, algorithm } = usageOf(draft, algorithmsOf(type, variant));
  const parameters = {
    [parameter]: parameter === 'keySize' ? Number(variant) : variant,
    keyUseType: useType,
    algorithm: algorithm === '' ? undefined : algorithm,
    keyIdType: keyIdType === 'GIVEN' ? undefined : keyIdType,
    notBeforeTime: orNothing(draft.notBeforeTime),
    expirationTime: orNothing(draft.expirationTime),
  };
  const named = { name, description: orNothing(description), type, kid };
  return unchecked<GenerateJwk>({ ...named, [member]: parameters, ...allowancesOf(draft) });
}
