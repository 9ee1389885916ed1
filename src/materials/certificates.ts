import { reachedEnvironments } from '../environments/reached-environment.ts';
import { badRequest } from '../errors.ts';
import { type CertificateInfo, readCertificates } from '../jose/certificate.ts';
import { checkName, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import { certificateKind, type MaterialRuleNouns } from './material-kind.ts';
import { type MaterialRuleOptions, MaterialRules, type MaterialScope } from './material-rules.ts';
import type { Certificate } from './material-store.ts';
import { checkAlias, requireValue } from './required-value.ts';

export interface CreateCertificateRequest {
  readonly certificateName?: string | undefined;
  readonly alias?: string | undefined;
  readonly certificateDescription?: string | undefined;
  /** Environment names, separated by commas. */
  readonly environmentList?: string | undefined;
  /** Text of the uploaded file. */
  readonly pemEncodedFile?: string | undefined;
}

/** Certificates of a project, each with one file for all of its environments. */
export class Certificates extends MaterialRules<Certificate> {
  readonly #options: MaterialRuleOptions;

  constructor(options: MaterialRuleOptions) {
    super(certificateKind, options);
    this.#options = options;
  }

  async create(scope: MaterialScope, request: CreateCertificateRequest) {
    const name = requireValue(request.certificateName, 'certificateName');
    const alias = requireValue(request.alias, 'alias');
    const environmentList = requireValue(request.environmentList, 'environmentList');
    const pem = requireValue(request.pemEncodedFile, 'pemEncodedFile');
    const checked = { name: checkName(name, 'certificateName'), alias: checkAlias(alias) };
    const environmentNames = environmentList.split(',').map((part) => part.trim());
    const environments = await this.#options.store.read(async (nouns) => {
      await this.refuseTaken(nouns, scope.projectId, checked.name);
      const found = await reachedEnvironments(nouns, scope.projectId, environmentNames.filter(Boolean));
      await refuseUsedAlias(
        nouns,
        found.map(({ id }) => id),
        checked.alias,
      );
      return found;
    });
    if (environments.length === 0) throw badRequest('environmentList value can not be empty!');
    const [leaf, ...issuers] = readCertificates(pem) as [CertificateInfo, ...CertificateInfo[]];
    const { startDate, endDate, sha1Thumbprint, subjectDn } = leaf;
    const chain = [leaf, ...issuers].map(({ der }) => der);
    const now = this.#options.clock();
    const material: Certificate = {
      id: newId(),
      projectId: scope.projectId,
      name: checked.name,
      description: request.certificateDescription ?? null,
      createdAt: now,
      updatedAt: now,
      environments: environments.map(({ id }) => {
        const own = { startDate, endDate, sha1Thumbprint, subjectDn };
        return { environmentId: id, alias: checked.alias, chain, ...own };
      }),
    };
    const ids = environments.map(({ id }) => id);
    return this.insert(scope, material, (nouns) => refuseUsedAlias(nouns, ids, checked.alias));
  }
}

async function refuseUsedAlias(nouns: MaterialRuleNouns, environmentIds: readonly string[], alias: string) {
  for (const environmentId of environmentIds) {
    if (await nouns.certificates.aliasOwner(environmentId, alias)) {
      throw badRequest(
        `Alias (${shownText(alias)}) is already used for another certificate, try changing this value!`,
      );
    }
  }
}
