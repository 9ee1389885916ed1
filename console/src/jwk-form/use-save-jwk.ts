import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SourceKey } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import type { CurlRequest } from '../curl/curl-command.ts';
import { resultOf } from '../display/deployment-note.tsx';
import { keepDeployment } from '../display/last-deployment.ts';
import type { Draft } from './draft.ts';
import { createBody, generateBody } from './request.ts';

export interface JwkFormProps {
  readonly projectName: string;
  /** The JWK that gets a new value; without it a new one is created. */
  readonly replaced?: string;
  readonly onSaved: (jwkName: string) => void;
}

interface Saving extends Omit<JwkFormProps, 'replaced'> {
  readonly replaced: string | undefined;
  readonly draft: Draft;
  readonly chosen: SourceKey | undefined;
}

/** Submits the form: generates, creates or replaces the JWK. The page of the JWK shows the result. */
export function useSaveJwk({ projectName, replaced, draft, chosen, onSaved }: Saving) {
  const queries = useQueryClient();
  // Without variables, and dropped at once: what was pasted may be a private key.
  const save = useMutation({
    gcTime: 0,
    mutationFn: () => {
      if (replaced !== undefined) {
        return keyplane.updateJwk({ projectName, jwkName: replaced, body: updateBody(draft, chosen) });
      }
      if (draft.source === 'GENERATE')
        return keyplane.generateJwk({ projectName, body: generateBody(draft) });
      return keyplane.createJwk({ projectName, body: createBody(draft, chosen) });
    },
    onSuccess: (answer) => {
      const name = replaced ?? draft.name.trim();
      const title = replaced === undefined ? `${name} is created` : `${name} has a new key`;
      keepDeployment(queries, ['jwks', projectName, name], { title, result: resultOf(answer) });
      void queries.invalidateQueries();
      onSaved(name);
    },
  });
  return { save, request: requestOf(projectName, { replaced, draft, chosen }) };
}

/** A name cannot be changed, so it is not sent. */
function updateBody(draft: Draft, chosen: SourceKey | undefined) {
  const { name: _name, ...body } = createBody(draft, chosen);
  return body;
}

function requestOf(
  projectName: string,
  { replaced, draft, chosen }: Pick<Saving, 'replaced' | 'draft' | 'chosen'>,
): CurlRequest {
  const path = `/apiops/projects/${encodeURIComponent(projectName)}/jwks/`;
  if (replaced !== undefined) {
    const body = updateBody(draft, chosen);
    return { method: 'PUT', path: `${path}${encodeURIComponent(replaced)}/`, body };
  }
  if (draft.source === 'GENERATE')
    return { method: 'POST', path: `${path}generate`, body: generateBody(draft) };
  return { method: 'POST', path, body: createBody(draft, chosen) };
}
