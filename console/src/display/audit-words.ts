// Actions of the audit log in words, by the action's name. What is not listed is shown by its name.

const materials = ['certificate', 'key', 'keystore'] as const;

export const auditActions: Readonly<Record<string, string>> = {
  'jwk.create': 'Created JWK',
  'jwk.update': 'Updated JWK',
  'jwk.delete': 'Deleted JWK',
  'jwk.refresh': 'Refreshed JWK from its URL',
  'jwk.follow': 'Updated JWK with its source',
  'jwk.detach': 'Detached JWK from its source',
  'jwk.reveal': 'Read private key of JWK',
  ...Object.fromEntries(
    materials.flatMap((kind) => [
      [`${kind}.create`, `Created ${kind}`],
      [`${kind}.update`, `Updated ${kind}`],
      [`${kind}.delete`, `Deleted ${kind}`],
    ]),
  ),
  'keyring.create': 'Created key ring',
  'keyring.adopt': 'Adopted JWK into key ring',
  'keyring.update': 'Changed policy of key ring',
  'keyring.delete': 'Deleted key ring',
  'keyring.rotate': 'Requested rotation of key ring',
  'keyring.request-activation': 'Requested activation of a key of key ring',
  'keyring.hold': 'Held rotation of key ring',
  'keyring.resume': 'Resumed rotation of key ring',
  'keyring.stage': 'Staged JWK in its key ring',
  'keyring.publish': 'JWK is confirmed by every node',
  'keyring.activate': 'Activated JWK of key ring',
  'keyring.supersede': 'JWK of key ring starts to retire',
  'keyring.set-retirement': 'Set retirement of JWK of key ring',
  'keyring.retire': 'Retired JWK of key ring',
  'keyring.revoke': 'Revoked JWK of key ring',
  'keyring.erase': 'Erased private key of JWK of key ring',
  'application.create': 'Created application',
  'application.update': 'Updated application',
  'application.replaceToken': 'Replaced token of application',
  'application.delete': 'Deleted application',
  'project.create': 'Created project',
  'project.update': 'Updated project',
  'project.delete': 'Deleted project',
  'member.put': 'Set roles of member',
  'member.delete': 'Removed member',
  'environment.create': 'Created environment',
  'environment.update': 'Updated environment',
  'environment.delete': 'Deleted environment',
  'enrollmentToken.create': 'Created enrollment token',
  'enrollmentToken.revoke': 'Revoked enrollment token',
  'node.join': 'Node joined',
  'node.replace': 'Node replaced its key',
  'node.refuse': 'Rejected node',
  'node.diverged': 'Node diverged',
  'node.delete': 'Removed node',
  'node.readmit': 'Readmitted node',
  'user.create': 'Created user',
  'user.update': 'Updated user',
  'user.delete': 'Deleted user',
  'user.password': 'Changed own password',
  'user.signIn': 'Signed in',
  'user.signOut': 'Signed out',
  'token.create': 'Created API token',
  'token.delete': 'Revoked own API token',
  'token.revoke': 'Revoked API token of user',
  'access.deny': 'Was denied access',
  'installation.restore': 'Restored from a backup',
  'installation.protect': 'Protected the database',
  'identity.rotate': 'Rotated the installation’s identity',
  'master-key.rotate': 'Rotated the master key',
};

const objectKinds: Readonly<Record<string, string>> = {
  jwk: 'JWK',
  'key-ring': 'Key ring',
  enrollmentToken: 'Enrollment token',
  token: 'API token',
};

/** `enrollmentToken` as a reader knows it. */
export function objectKindText(objectType: string): string {
  return objectKinds[objectType] ?? `${objectType.slice(0, 1).toUpperCase()}${objectType.slice(1)}`;
}
