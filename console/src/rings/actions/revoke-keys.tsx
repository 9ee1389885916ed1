import { NativeSelect, Radio, Stack, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keyplane } from '../../api/keyplane.ts';
import { unchecked } from '../../api/unchecked.ts';
import { useChange } from '../../api/use-change.ts';
import { resultOf } from '../../display/deployment-note.tsx';
import { ConfirmByName } from '../../display/form/confirm-by-name.tsx';
import { keepDeployment } from '../../display/last-deployment.ts';
import type { KeyRing, Member, RingRef } from '../ring-types.ts';
import { type RevocationReason, revocationReasonWords } from '../ring-words.ts';

/** Revokes one key or, for a thief who may have both, the active and the next one. */
export function RevokeKeys({
  ringRef,
  ring,
  member,
  onClose,
}: {
  readonly ringRef: RingRef;
  readonly ring: KeyRing;
  /** Left out: the user chooses between the active key and both. */
  readonly member?: Member;
  readonly onClose: () => void;
}) {
  const { projectName, ringName } = ringRef;
  const queries = useQueryClient();
  const [isAll, setAll] = useState(false);
  const [reason, setReason] = useState<RevocationReason>('COMPROMISED');
  const [comment, setComment] = useState('');
  const active = ring.members.find(({ state }) => state === 'ACTIVE');
  // As it was when the dialog opened: a rotation would put another key into its place.
  const [only] = useState(member ?? active);
  const names = isAll || only === undefined ? ringName : only.jwkName;
  const revoke = useChange(
    () =>
      keyplane.revokeKey({
        ...ringRef,
        body: {
          ...(isAll || only === undefined ? { all: true } : { kid: only.kid }),
          reason,
          ...(comment.trim() !== '' && { comment: comment.trim() }),
        },
      }),
    (answer) => {
      keepDeployment(queries, ['key-rings', projectName, ringName], {
        title: isAll ? 'The active and the next key are revoked' : `${names} is revoked`,
        detail:
          answer.activatedBeforeReady === true
            ? 'Verifiers may not know the key that follows yet: they reject its tokens until their caches expire.'
            : undefined,
        result: resultOf(answer),
      });
      onClose();
    },
  );
  return (
    <ConfirmByName
      title={member === undefined ? `Revoke keys of ${ringName}` : `Revoke ${member.jwkName}`}
      name={names}
      action="Revoke"
      error={revoke.error}
      isPending={revoke.isPending}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <Text>
        Nodes stop publishing it at once, and reject what it signed. This cannot be undone. The next key takes
        over in the same step.
      </Text>
      {member === undefined && only !== undefined && (
        <Radio.Group
          label="Which"
          value={isAll ? 'all' : 'active'}
          onChange={(value) => setAll(value === 'all')}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="active" label={`The active key, ${only.jwkName}`} />
            <Radio
              value="all"
              label="The active and the next key"
              description="If the attacker may have both keys. Verifiers do not have the key after it yet"
            />
          </Stack>
        </Radio.Group>
      )}
      <NativeSelect
        label="Reason"
        value={reason}
        onChange={(event) => setReason(unchecked(event.currentTarget.value))}
        data={Object.entries(revocationReasonWords).map(([value, label]) => ({ value, label }))}
      />
      <Textarea
        label="Comment"
        description="For the audit log"
        autosize
        maxLength={500}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
    </ConfirmByName>
  );
}
