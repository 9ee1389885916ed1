import { keyplane } from '../../api/keyplane.ts';
import type { NotedDeployment } from '../../display/deployment-note.tsx';
import type { IconName } from '../../display/icon.tsx';
import type { Role } from '../../session/session.ts';

interface Reference {
  readonly projectName: string;
  readonly name: string;
}

/** How the pages of certificates, keys and keystores differ. */
export interface MaterialPages {
  readonly page: 'certificates' | 'keys' | 'keystores';
  readonly title: string;
  readonly one: string;
  readonly icon: IconName;
  readonly role: Role;
  /** The purpose of one; shown if there is none yet. */
  readonly about: string;
  references(projectName: string, name: string): Promise<{ readonly resultList: readonly Reference[] }>;
  remove(projectName: string, name: string): Promise<{ readonly deploymentResult: NotedDeployment }>;
}

export const certificatePages: MaterialPages = {
  page: 'certificates',
  title: 'Certificates',
  one: 'certificate',
  icon: 'certificate',
  role: 'ROLE_MANAGE_PROXIES',
  about: 'A certificate gives a JWK its public key, its validity and its chain (x5c).',
  references: (projectName, certificateName) =>
    keyplane.listCertificateReferences({ projectName, certificateName }),
  remove: (projectName, certificateName) => keyplane.deleteCertificate({ projectName, certificateName }),
};

export const keyPages: MaterialPages = {
  page: 'keys',
  title: 'Keys',
  one: 'key',
  icon: 'key',
  role: 'ROLE_API_SECURITY',
  about: 'A private, public or secret key in PEM, DER or base64, from which you create JWKs.',
  references: (projectName, keyName) => keyplane.listKeyReferences({ projectName, keyName }),
  remove: (projectName, keyName) => keyplane.deleteKey({ projectName, keyName }),
};

export const keystorePages: MaterialPages = {
  page: 'keystores',
  title: 'Keystores',
  one: 'keystore',
  icon: 'keystore',
  role: 'ROLE_API_SECURITY',
  about: 'A JKS or PKCS#12 file. You create a JWK from each alias that you need.',
  references: (projectName, keystoreName) => keyplane.listKeystoreReferences({ projectName, keystoreName }),
  remove: (projectName, keystoreName) => keyplane.deleteKeystore({ projectName, keystoreName }),
};
