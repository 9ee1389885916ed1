import type { ProjectScope } from '../access/caller.ts';
import { reachedEnvironment, reachedEnvironments } from '../environments/reached-environment.ts';
import { atMember, badRequest } from '../errors.ts';
import { type CertificateInfo, chainWarnings, readCertificates } from '../jose/certificate.ts';
import { type CertificateFacts, certificateFacts } from '../jose/certificate-facts.ts';
import { checkName, lookupName, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import type { SourceContext } from '../sources/jwk-source.ts';
import { certificateKind, type MaterialRuleStores } from './material-kind.ts';
import { type MaterialRuleOptions, MaterialRules } from './material-rules.ts';
import type { Certificate } from './material-store.ts';
import { laterThan, requireSameName } from './optimistic-update.ts';
import { type ReferencePolicy, readReferencePolicy } from './referenced-jwks.ts';
import { checkAlias, requireValue } from './required-value.ts';

export interface CreateCertificateRequest {
  readonly certificateName?: string | undefined;
  readonly alias?: string | undefined;
  readonly certificateDescription?: string | undefined;
  /** Environment names, separated by commas. */
  readonly environmentList?: string | undefined;
  /** Text of the uploaded file, or its base64 where it is DER. */
  readonly pemEncodedFile?: string | undefined;
}

/** What a file holds. */
export interface InspectedCertificates {
  /** The leaf first. */
  readonly facts: readonly CertificateFacts[];
  /** Public texts: what a JWK made from it would leave out, or why none can be made. */
  readonly warnings: readonly string[];
}

/** How a request's certificate relates to those that are there. */
interface Identity {
  readonly requireFreeName?: (stores: MaterialRuleStores) => Promise<void>;
  /** Of the certificate that is replaced; its alias may stay. */
  readonly ownId?: string;
}

/** Certificates of a project, each with one file for all of its environments. */
export class Certificates extends MaterialRules<Certificate> {
  readonly #options: MaterialRuleOptions;

  constructor(options: MaterialRuleOptions) {
    super(certificateKind, options);
    this.#options = options;
  }

  async create(scope: ProjectScope, request: CreateCertificateRequest) {
    const name = checkName(
      requireValue(request.certificateName, 'certificateName'),
      'certificateName',
      'certificateName',
    );
    const createdAt = this.#options.clock();
    const asked = await this.#read(scope, request, {
      requireFreeName: (stores) => this.requireFreeName(stores, scope.projectId, name),
    });
    const identity = { id: newId(), projectId: scope.projectId, name, createdAt, updatedAt: createdAt };
    const { refuseUsedAlias: check, warnings } = asked;
    return this.insert(scope, { ...identity, ...asked.material }, { check, warnings });
  }

  /**
   * What a file holds, the leaf first; nothing is stored.
   * @throws KeyplaneError `bad_request`
   */
  inspect(pemEncodedFile: string | undefined): InspectedCertificates {
    const certificates = readFile(requireValue(pemEncodedFile, 'pemEncodedFile'));
    return { facts: certificates.map(certificateFacts), warnings: chainWarnings(certificates) };
  }

  /** What the project's certificates are in one environment, by name order. */
  async listOfEnvironment(projectId: string, environmentName: string) {
    return this.#options.store.read(async (stores) => {
      const { id, name } = await reachedEnvironment(stores, projectId, environmentName);
      const all = await stores.certificates.listOfProject(projectId);
      const environmentNames = new Map([[id, name]]);
      const there = all.map((material) => {
        const environments = material.environments.filter(
          ({ environmentId, altered }) => environmentId === id && !altered,
        );
        return { material: { ...material, environments }, environmentNames };
      });
      return there
        .filter(({ material }) => material.environments.length > 0)
        .sort((a, b) => (a.material.name < b.material.name ? -1 : 1));
    });
  }

  /** All fields as at creation, but for the name, which stays. */
  async update(
    scope: ProjectScope,
    name: string,
    { request, policy }: { request: CreateCertificateRequest; policy: ReferencePolicy },
  ) {
    const follows = readReferencePolicy(policy);
    const before = await this.toReplace(scope, name);
    requireSameName(request.certificateName, before.name, 'certificateName');
    const asked = await this.#read(scope, request, { ownId: before.id });
    const after = {
      ...before,
      ...asked.material,
      updatedAt: laterThan(before.updatedAt, this.#options.clock()),
    };
    const context: Partial<SourceContext> = {
      certificate: async (certificateName, environmentName) => {
        const own = asked.environmentNames.includes(lookupName(environmentName)) && after.environments[0];
        if (own) return { id: after.id, chain: own.chain };
        throw badRequest(`Certificate (name: ${certificateName}) is not found!`, {
          reason: 'NOT_FOUND',
          member: 'certificateName',
        });
      },
    };
    const follow = follows ? { name: before.name, context } : undefined;
    const { refuseUsedAlias: check, warnings } = asked;
    return this.replace(scope, { before, after, follow, check, warnings });
  }

  /** The certificate of a request; the order of the checks is the order in which errors are reported. */
  async #read(
    scope: ProjectScope,
    request: CreateCertificateRequest,
    { requireFreeName = async () => {}, ownId }: Identity,
  ) {
    const alias = checkAlias(requireValue(request.alias, 'alias'));
    const environmentList = requireValue(request.environmentList, 'environmentList');
    const pem = requireValue(request.pemEncodedFile, 'pemEncodedFile');
    const asked = environmentList.split(',').map((part) => part.trim());
    const named = asked.filter((name) => name !== '');
    const found = await this.#options.store.read(async (stores) => {
      await requireFreeName(stores);
      return reachedEnvironments(stores, scope.projectId, named, 'environmentList');
    });
    const environmentIds = found.map(({ id }) => id);
    if (environmentIds.length === 0)
      throw badRequest('environmentList value can not be empty!', {
        reason: 'FIELD_REQUIRED',
        member: 'environmentList',
      });
    const refuseUsedAlias = (stores: MaterialRuleStores) =>
      refuseAliasOfAnother(stores, { environmentIds, alias, ownId });
    await this.#options.store.read(refuseUsedAlias);
    const certificates = readFile(pem) as [CertificateInfo, ...CertificateInfo[]];
    const { startDate, endDate, sha1Thumbprint, subjectDn } = certificates[0];
    // Stored as it was given; a JWK made from it takes as much as hangs together.
    const chain = certificates.map(({ der }) => der);
    const own = { alias, chain, startDate, endDate, sha1Thumbprint, subjectDn };
    const environments = environmentIds.map((environmentId) => ({ environmentId, ...own }));
    const material = { description: request.certificateDescription ?? null, environments };
    const warnings = chainWarnings(certificates);
    return { material, environmentNames: found.map(({ name }) => name), refuseUsedAlias, warnings };
  }
}

function readFile(pem: string): readonly CertificateInfo[] {
  try {
    return readCertificates(pem);
  } catch (error) {
    throw atMember('pemEncodedFile', error);
  }
}

async function refuseAliasOfAnother(
  stores: MaterialRuleStores,
  {
    environmentIds,
    alias,
    ownId,
  }: { environmentIds: readonly string[]; alias: string; ownId: string | undefined },
) {
  for (const environmentId of environmentIds) {
    const owner = await stores.certificates.aliasOwner(environmentId, alias);
    if (owner !== undefined && owner !== ownId) {
      throw badRequest(
        `Alias (${shownText(alias)}) is already used for another certificate, try changing this value!`,
        { reason: 'NAME_TAKEN', member: 'alias' },
      );
    }
  }
}
