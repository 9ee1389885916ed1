import { NativeSelect } from '@mantine/core';
import { FilterFields } from '../display/filter-fields.tsx';
import type { ListState } from '../display/list-query.ts';

/** How long no application has used it, in days. */
export const unusedChoices: Readonly<Record<string, string>> = Object.freeze({
  '': 'Any',
  '30': 'Unused for 30 days',
  '90': 'Unused for 90 days',
});

export function unusedQuery(view: ListState): { readonly unusedForDays?: string } {
  const unusedForDays = view.filter('unusedForDays');
  return unusedForDays === '' ? {} : { unusedForDays };
}

export function UnusedFilter({ view }: { readonly view: ListState }) {
  const value = view.filter('unusedForDays');
  return (
    <FilterFields set={value === '' ? 0 : 1}>
      <NativeSelect
        label="Use at nodes"
        value={value}
        onChange={(event) => view.set({ unusedForDays: event.currentTarget.value })}
        data={Object.entries(unusedChoices).map(([days, label]) => ({ value: days, label }))}
      />
    </FilterFields>
  );
}
