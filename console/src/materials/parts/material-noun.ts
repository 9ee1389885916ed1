import { keyplane } from '../../api/keyplane.ts';
import type { DeploymentResult } from '../../display/deployment-note.tsx';
import type { IconName } from '../../display/icon.tsx';
import type { Role } from '../../session/session.ts';

interface Reference {
  readonly projectName: string;
  readonly name: string;
}

/** What the pages of certificates, keys and keystores differ in. */
export interface MaterialNoun {
  readonly page: 'certificates' | 'keys' | 'keystores';
  readonly title: string;
  readonly one: string;
  readonly icon: IconName;
  readonly role: Role;
  /** What one is, said where there is none yet. */
  readonly about: string;
  references(projectName: string, name: string): Promise<{ readonly resultList: readonly Reference[] }>;
  remove(projectName: string, name: string): Promise<{ readonly deploymentResult: DeploymentResult }>;
}

export const certificateNoun: MaterialNoun = {
  page: 'certificates',
  title: 'Certificates',
  one: 'certificate',
  icon: 'certificate',
  role: 'ROLE_MANAGE_PROXIES',
  about: 'JWKs are made from certificates, and carry them along as x5c.',
  references: (projectName, certificateName) =>
    keyplane.listCertificateReferences({ projectName, certificateName }),
  remove: (projectName, certificateName) => keyplane.deleteCertificate({ projectName, certificateName }),
};

export const keyNoun: MaterialNoun = {
  page: 'keys',
  title: 'Keys',
  one: 'key',
  icon: 'key',
  role: 'ROLE_API_SECURITY',
  about: 'JWKs are made from private, public and secret keys.',
  references: (projectName, keyName) => keyplane.listKeyReferences({ projectName, keyName }),
  remove: (projectName, keyName) => keyplane.deleteKey({ projectName, keyName }),
};

export const keystoreNoun: MaterialNoun = {
  page: 'keystores',
  title: 'Keystores',
  one: 'keystore',
  icon: 'keystore',
  role: 'ROLE_API_SECURITY',
  about: 'JWKs are made from the aliases of JKS and PKCS#12 files.',
  references: (projectName, keystoreName) => keyplane.listKeystoreReferences({ projectName, keystoreName }),
  remove: (projectName, keystoreName) => keyplane.deleteKeystore({ projectName, keystoreName }),
};
