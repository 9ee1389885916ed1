// The fields that only one kind of outlet has: its target and its credential.

import { MultiSelect, NativeSelect, PasswordInput, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { OutletField, OutletFieldRow } from '../../../src/outlets/kinds/outlet-field.ts';
import { keyplane } from '../api/keyplane.ts';
import { kindOption } from './kind-option.ts';
import { isOfCredential, kindFields, type PartProps } from './outlet-fields.ts';

export function TargetFields(part: PartProps) {
  const { kind } = part.draft;
  if (kind === '') return null;
  return kindOption(kind).fields.map((row) => (
    <Row key={row.map(({ member }) => member).join()} {...part} row={row} />
  ));
}

function Row({ row, ...part }: PartProps & { readonly row: OutletFieldRow }) {
  const shown = kindFields(part.draft).filter(
    (field) => row.includes(field) && (part.withCredential || !isOfCredential(field)),
  );
  const inputs = shown.map((field) => <FieldInput key={field.member} {...part} field={field} />);
  if (shown.length === 0 || row.length === 1) return inputs;
  return <SimpleGrid cols={{ base: 1, sm: Math.max(shown.length, 2) }}>{inputs}</SimpleGrid>;
}

interface FieldProps extends PartProps {
  readonly field: OutletField;
}

function FieldInput(props: FieldProps) {
  const { field, draft, set, errors } = props;
  const { input, label, description } = field;
  const { member } = field;
  const choose = (value: string | readonly string[]) => set({ values: { ...draft.values, [member]: value } });
  switch (input.type) {
    case 'LINE':
      return <TextInput {...textProps(props)} />;
    case 'SECRET':
      return <PasswordInput autoComplete="off" {...textProps(props)} />;
    case 'TEXT':
    case 'JSON':
      return (
        <Textarea {...textProps(props)} autosize minRows={input.minRows} classNames={{ input: 'mono' }} />
      );
    case 'CHOICE':
      return (
        <NativeSelect
          label={label}
          description={description}
          value={String(draft.values[member])}
          error={errors.of(member)}
          onChange={(event) => choose(event.currentTarget.value)}
          data={[...input.options]}
        />
      );
    case 'LIST':
      return (
        <MultiSelect
          label={label}
          description={description}
          required
          data={[...input.options]}
          value={[draft.values[member] ?? []].flat()}
          error={errors.of(member)}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': input.clearLabel }}
          onChange={choose}
        />
      );
    case 'TOKEN_PROFILE':
      return <ProfileField {...props} />;
    default:
      return input satisfies never;
  }
}

function textProps({ field, draft, set, errors }: FieldProps) {
  const { member, label, description, placeholder, isOptional } = field;
  return {
    label,
    description,
    placeholder,
    required: isOptional !== true,
    value: String(draft.values[member] ?? ''),
    error: errors.of(member),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      set({ values: { ...draft.values, [member]: event.currentTarget.value } }),
  };
}

function ProfileField(props: FieldProps) {
  const found = useQuery({
    queryKey: ['outlet-profiles', props.projectName],
    queryFn: () =>
      keyplane.listTokenProfiles({
        projectName: props.projectName,
        page: '1',
        size: '100',
        sort: 'name,asc',
      }),
  });
  const { placeholder: _, ...input } = textProps(props);
  return (
    <NativeSelect
      {...input}
      data={[
        { value: '', label: 'Choose a token profile', disabled: true },
        ...(found.data?.resultList ?? []).map(({ name }) => name),
      ]}
    />
  );
}
