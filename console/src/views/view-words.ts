import type { View } from '../../../clients/typescript/src/index.ts';

/** `EC; signature keys; key ring orders`. Null: there is none. */
export function selectionText(selection: View['include']): string | null {
  if (selection === null) return null;
  const { keyTypes, algorithms, uses, keyRingNames = [], jwkNames = [] } = selection;
  const keys = [...keyRingNames.map((name) => `key ring ${name}`), ...jwkNames.map((name) => `JWK ${name}`)];
  const parts = [
    keyTypes?.join(', '),
    algorithms?.join(', '),
    uses?.map((use) => (use === 'sig' ? 'signature' : 'encryption')).join(', '),
    keys.join(', '),
  ];
  return parts.filter((part) => part !== undefined && part !== '').join('; ');
}

export function includedText(view: Pick<View, 'include'>): string {
  return selectionText(view.include) ?? 'all keys of the project';
}
