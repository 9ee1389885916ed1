import { Checkbox, Textarea } from '@mantine/core';

export interface ForceDraft {
  readonly force: boolean;
  readonly reason: string;
}

export const noForce: ForceDraft = { force: false, reason: '' };

/** As the API takes it. */
export function forceBody({ force, reason }: ForceDraft) {
  return force ? { force, reason: reason.trim() } : {};
}

/** Passes a gate. The reason goes into the audit log. */
export function ForceFields({
  label,
  description,
  value,
  error,
  onChange,
}: {
  readonly label: string;
  readonly description: string;
  readonly value: ForceDraft;
  readonly error: string | undefined;
  readonly onChange: (value: ForceDraft) => void;
}) {
  return (
    <>
      <Checkbox
        label={label}
        description={description}
        checked={value.force}
        onChange={(event) => onChange({ ...value, force: event.currentTarget.checked })}
      />
      {value.force && (
        <Textarea
          label="Reason"
          description="3 to 500 characters, for the audit log"
          required
          autosize
          maxLength={500}
          value={value.reason}
          error={error}
          onChange={(event) => onChange({ ...value, reason: event.currentTarget.value })}
        />
      )}
    </>
  );
}
