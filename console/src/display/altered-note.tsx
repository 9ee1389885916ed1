import { Alert } from '@mantine/core';

/** In the form of a project or an environment whose row was altered in the database: saving it confirms what it shows. */
export function AlteredNote({ what }: { readonly what: 'project' | 'environment' }) {
  return (
    <Alert color="red" variant="outline" title="Altered in the database">
      The settings of this {what} were altered outside keyplane, and nothing is deployed from them. Compare
      all of them with a backup or the audit log: what you save is deployed.
    </Alert>
  );
}
