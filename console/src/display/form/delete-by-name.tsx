import type { ReactNode } from 'react';
import type { DeploymentAnswer } from '../../../../clients/typescript/src/index.ts';
import { useDeletion } from '../../api/deletion.tsx';
import type { Announcement } from '../last-deployment.ts';
import { ConfirmByName } from './confirm-by-name.tsx';

interface DeleteByNameProps {
  readonly name: string;
  /** What is deleted, such as `the view`. */
  readonly what: string;
  readonly request: () => Promise<DeploymentAnswer>;
  readonly onDone: (announcement: Announcement) => void;
  readonly onClose: () => void;
  /** What becomes of what used it. */
  readonly children: ReactNode;
}

/** Deletes an object that is deployed, once its name is typed. */
export function DeleteByName({ name, what, request, onDone, onClose, children }: DeleteByNameProps) {
  const remove = useDeletion(request, ({ deploymentResult }) =>
    onDone({ title: `${name} is deleted`, result: deploymentResult }),
  );
  return (
    <ConfirmByName
      title={`Delete ${name}`}
      name={name}
      action={`Delete ${what}`}
      error={remove.error}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {children}
    </ConfirmByName>
  );
}
