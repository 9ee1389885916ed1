import { Checkbox, MultiSelect, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../../api/keyplane.ts';
import { policyUnits } from '../../quantity/quantity.ts';
import { QuantityField } from '../../quantity/quantity-field.tsx';
import type { PolicyDraft } from './policy-draft.ts';

export type PolicyField = Exclude<keyof PolicyDraft, 'isManual' | 'isEndless'>;

/** Fields to the members of a request. */
export const policyFieldNames: readonly (readonly [PolicyField])[] = [
  ['rotationInterval'],
  ['maxTokenLifetime'],
  ['verifierCacheTime'],
  ['clockSkew'],
  ['signingLease'],
  ['exportable'],
  ['environmentNames'],
];

export interface PolicyFieldsProps {
  readonly value: PolicyDraft;
  readonly isEncryption: boolean;
  readonly errorOf: (field: PolicyField) => string | undefined;
  readonly onChange: (changes: Partial<PolicyDraft>) => void;
}

export function IntervalField({ value, errorOf, onChange }: PolicyFieldsProps) {
  return (
    <Stack gap="xs">
      {!value.isManual && (
        <QuantityField
          label="Rotate every"
          description="How long one key is active"
          units={policyUnits}
          value={value.rotationInterval}
          error={errorOf('rotationInterval')}
          onChange={(rotationInterval) => onChange({ rotationInterval })}
        />
      )}
      <Checkbox
        label="Rotate by hand only"
        checked={value.isManual}
        onChange={(event) => onChange({ isManual: event.currentTarget.checked })}
      />
    </Stack>
  );
}

export function LifetimeField({ value, isEncryption, errorOf, onChange }: PolicyFieldsProps) {
  return (
    <QuantityField
      label={isEncryption ? 'Longest wait for decryption' : 'Longest token lifetime'}
      description={
        isEncryption
          ? 'How long a message may wait to be decrypted'
          : 'From signature to expiry. A replaced key stays published this long'
      }
      units={policyUnits}
      value={value.maxTokenLifetime}
      error={errorOf('maxTokenLifetime')}
      onChange={(maxTokenLifetime) => onChange({ maxTokenLifetime })}
    />
  );
}

/** What few people change. With `wasExportable` of a ring that exists: its private keys can become unexportable, never exportable. */
export function OtherPolicyFields(props: PolicyFieldsProps & { readonly wasExportable?: boolean }) {
  const { value, errorOf, onChange, wasExportable = true } = props;
  return (
    <Stack>
      <QuantityField
        label="Verifiers keep a set for"
        description="Beyond what Cache-Control allows. Some libraries keep it for 24 hours"
        units={policyUnits}
        value={value.verifierCacheTime}
        error={errorOf('verifierCacheTime')}
        onChange={(verifierCacheTime) => onChange({ verifierCacheTime })}
      />
      <QuantityField
        label="Clock skew"
        description="How far the clocks of verifiers may be off"
        units={policyUnits}
        value={value.clockSkew}
        error={errorOf('clockSkew')}
        onChange={(clockSkew) => onChange({ clockSkew })}
      />
      <Stack gap="xs">
        {!value.isEndless && (
          <QuantityField
            label="Signing lease"
            description="A node without contact to a manager for this long stops signing, and keeps publishing"
            units={policyUnits}
            value={value.signingLease}
            error={errorOf('signingLease')}
            onChange={(signingLease) => onChange({ signingLease })}
          />
        )}
        <Checkbox
          label="Nodes without a manager sign with no time limit"
          checked={value.isEndless}
          onChange={(event) => onChange({ isEndless: event.currentTarget.checked })}
        />
      </Stack>
      <Checkbox
        label="Private keys can be exported"
        description={
          wasExportable
            ? 'Once this is turned off, it cannot be turned on again'
            : 'This cannot be turned on for a key ring that exists'
        }
        disabled={!wasExportable}
        checked={value.exportable}
        error={errorOf('exportable')}
        onChange={(event) => onChange({ exportable: event.currentTarget.checked })}
      />
      <Environments {...props} />
    </Stack>
  );
}

function Environments({ value, errorOf, onChange }: PolicyFieldsProps) {
  const known = useQuery({ queryKey: ['overview'], queryFn: () => keyplane.getOverview() });
  const { environmentNames } = value;
  return (
    <Stack gap="xs">
      <Checkbox
        label="All environments of the project, including later ones"
        checked={environmentNames === null}
        onChange={(event) => onChange({ environmentNames: event.currentTarget.checked ? null : [] })}
      />
      {environmentNames !== null && (
        <MultiSelect
          label="Environments"
          data={(known.data?.environments ?? []).map(({ name }) => name)}
          value={[...environmentNames]}
          error={errorOf('environmentNames')}
          clearButtonProps={{ 'aria-label': 'Remove all environments' }}
          onChange={(names) => onChange({ environmentNames: names })}
        />
      )}
    </Stack>
  );
}
