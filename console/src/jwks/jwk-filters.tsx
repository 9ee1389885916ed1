import { NativeSelect } from '@mantine/core';
import { keyTypeOptions } from '../../../src/jose/key-type-options.ts';
import { FilterFields } from '../display/filter-fields.tsx';
import type { ListState } from '../display/list-query.ts';
import { unusedChoices } from '../usage/unused-filter.tsx';
import { sourceWords } from './jwk-words.ts';

const typeWords = Object.fromEntries(keyTypeOptions.map(({ name }) => [name, name]));

const choices = {
  type: ['Type', { '': 'All types', ...typeWords }],
  use: ['Use', { '': 'All uses', sig: 'Signature', enc: 'Encryption' }],
  sourceType: ['Source', { '': 'All sources', ...sourceWords }],
  deployment: ['Deployment', { '': 'Any', DEPLOYED: 'Deployed everywhere', INCOMPLETE: 'Missing on a node' }],
  unusedForDays: ['Use at nodes', unusedChoices],
  expiringWithin: [
    'Expires',
    { '': 'Any time', P7D: 'Within 7 days', P30D: 'Within 30 days', P90D: 'Within 90 days' },
  ],
} as const satisfies Record<string, readonly [string, Readonly<Record<string, string>>]>;

const names = Object.keys(choices) as (keyof typeof choices)[];

/** The filters in the address; the server rejects a value that is not one of the choices. */
export function jwkFilterQuery(view: ListState): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.map((name) => [name, view.filter(name)]).filter(([, value]) => value !== ''),
  );
}

export function JwkFilters({ view }: { readonly view: ListState }) {
  return (
    <FilterFields set={Object.keys(jwkFilterQuery(view)).length}>
      {names.map((name) => {
        const [label, options] = choices[name];
        return (
          <NativeSelect
            key={name}
            label={label}
            value={view.filter(name)}
            onChange={(event) => view.set({ [name]: event.currentTarget.value })}
            data={Object.entries(options).map(([value, text]) => ({ value, label: text }))}
          />
        );
      })}
    </FilterFields>
  );
}
