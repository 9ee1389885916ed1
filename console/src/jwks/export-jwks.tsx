import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';
import { downloadFile } from '../display/download.ts';
import { ErrorNote } from '../display/error-note.tsx';
import { Icon } from '../display/icon.tsx';

/** The public parts of several JWKs as one JWK Set. A private part is exported from the page of its JWK, one at a time. */
export function ExportJwks({
  projectName,
  names,
}: {
  readonly projectName: string;
  readonly names: readonly string[];
}) {
  const exporting = useMutation({
    mutationFn: async () => {
      const keys: object[] = [];
      for (const jwkName of names) {
        const [view] = (await keyplane.getJwkPublic({ projectName, jwkName })).resultList;
        if (view !== undefined && view.jwk !== null) keys.push(view.jwk);
      }
      downloadFile(
        `${projectName}-public.json`,
        'application/jwk-set+json',
        `${JSON.stringify({ keys }, null, 2)}\n`,
      );
      return names.length - keys.length;
    },
  });
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<Icon name="download" size={14} />}
        loading={exporting.isPending}
        onClick={() => exporting.mutate()}
      >
        Export public JWK Set
      </Button>
      {exporting.data !== undefined && exporting.data > 0 && (
        <span role="status">
          {exporting.data === 1 ? '1 JWK has' : `${exporting.data} JWKs have`} no public part and{' '}
          {exporting.data === 1 ? 'is' : 'are'} not in the file.
        </span>
      )}
      <ErrorNote error={exporting.error} />
    </>
  );
}
