import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { ErrorNote } from '../display/error-note.tsx';
import { downloadJwk, type JwkDownload } from './download-jwk.ts';
import type { JwkRef } from './jwk-queries.ts';

export function PublicExport({ jwk }: { readonly jwk: JwkRef }) {
  const save = useMutation({ mutationFn: (file: JwkDownload) => downloadJwk(jwk, file) });
  return (
    <>
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          onClick={() => save.mutate({ format: 'jwk', publicOnly: 'true' })}
        >
          Export public JWK Set
        </Button>
        <Button
          variant="default"
          size="xs"
          onClick={() => save.mutate({ format: 'pem', publicOnly: 'true' })}
        >
          Export public PEM
        </Button>
      </Group>
      <ErrorNote error={save.error} />
    </>
  );
}
