import { PasswordInput } from '@mantine/core';
import { useState } from 'react';
import type { KeystoreEntry } from '../../../../clients/typescript/src/index.ts';

/** By alias; an alias without text is not in it. */
export type KeyPasswordsByAlias = Readonly<Record<string, string>>;

/** One password for each alias that the key password does not open. */
export function KeyPasswordFields({
  aliases,
  value,
  error,
  onChange,
}: {
  readonly aliases: readonly string[];
  readonly value: KeyPasswordsByAlias;
  readonly error: string | undefined;
  readonly onChange: (value: KeyPasswordsByAlias) => void;
}) {
  return aliases.map((alias, index) => (
    <PasswordInput
      key={alias}
      label={`Key password of ${alias}`}
      description={index === 0 ? 'Optional. Without it no JWK can be created from this alias' : undefined}
      autoComplete="off"
      value={value[alias] ?? ''}
      error={index === 0 ? error : undefined}
      onChange={({ currentTarget }) => onChange(withPassword(value, alias, currentTarget.value))}
    />
  ));
}

function withPassword(value: KeyPasswordsByAlias, alias: string, password: string): KeyPasswordsByAlias {
  const others = Object.entries(value).filter(([name]) => name !== alias);
  return Object.fromEntries(password === '' ? others : [...others, [alias, password]]);
}

/**
 * Aliases of a file that need a password of their own: those that are still locked when another key opens. An alias
 * stays in the list while its password is typed.
 */
export function useLockedAliases(
  file: unknown,
  entries: readonly KeystoreEntry[] | undefined,
): readonly string[] {
  const [asked, setAsked] = useState<{ readonly file: unknown; readonly aliases: readonly string[] }>({
    file,
    aliases: [],
  });
  const before = asked.file === file ? asked.aliases : [];
  const aliases = [...new Set([...before, ...lockedAliases(entries ?? [])])];
  if (asked.file !== file || aliases.length !== before.length) setAsked({ file, aliases });
  return aliases;
}

function lockedAliases(entries: readonly KeystoreEntry[]): readonly string[] {
  const keys = entries.filter(({ kind }) => kind !== 'TRUSTED_CERTIFICATE');
  const locked = keys.filter((entry) => entry.locked);
  return locked.length < keys.length ? locked.map(({ alias }) => alias) : [];
}
