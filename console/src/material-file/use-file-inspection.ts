import { useEffect, useState } from 'react';
import type {
  CertificateFileContents,
  KeyFacts,
  KeystoreContents,
} from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import type { KeyPasswordsByAlias } from '../materials/keystores/key-password-fields.tsx';
import { base64Of } from './base64-of.ts';
import type { MaterialFile } from './found-file.ts';

/** What the manager found in a file, by the kind of the file. */
export type FileContents =
  | { readonly kind: 'CERTIFICATE'; readonly found: CertificateFileContents }
  | { readonly kind: 'KEY'; readonly found: KeyFacts }
  | { readonly kind: 'KEYSTORE'; readonly found: KeystoreContents };

export interface FileInspection {
  readonly isPending: boolean;
  /** Why the file cannot be stored as it is. */
  readonly error: unknown;
  readonly contents: FileContents | undefined;
}

interface Outcome {
  readonly contents?: FileContents;
  readonly error?: unknown;
}

export interface FilePasswords {
  /** Of a keystore. */
  readonly password: string;
  /** Of the keys of a keystore. */
  readonly keyPassword: string;
  /** Of single keys of a keystore. */
  readonly keyPasswords: KeyPasswordsByAlias;
  /** Of an encrypted key. */
  readonly passphrase: string;
}

const typingPauseMs = 400;

/**
 * Looks into a file before it is stored, and again when a password changes. No query: query keys are kept, and the file may
 * be a private key.
 */
export function useFileInspection(
  projectName: string,
  file: MaterialFile,
  { password, keyPassword, keyPasswords, passphrase }: FilePasswords,
): FileInspection {
  const [outcome, setOutcome] = useState<Outcome>();
  useEffect(() => {
    const abort = new AbortController();
    setOutcome(undefined);
    const inspect = async () => {
      try {
        const passwords = { password, keyPassword, keyPasswords, passphrase };
        const contents = await inspectFile(projectName, file, passwords, abort.signal);
        setOutcome({ contents });
      } catch (error) {
        if (!abort.signal.aborted) setOutcome({ error });
      }
    };
    const isTyping = password !== '' || keyPassword !== '' || passphrase !== '';
    const timer = setTimeout(inspect, isTyping ? typingPauseMs : 0);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [projectName, file, password, keyPassword, keyPasswords, passphrase]);
  return { isPending: outcome === undefined, error: outcome?.error, contents: outcome?.contents };
}

/** @throws KeyplaneApiError where the file cannot be stored */
async function inspectFile(
  projectName: string,
  file: MaterialFile,
  { password, keyPassword, keyPasswords, passphrase }: FilePasswords,
  signal: AbortSignal,
): Promise<FileContents> {
  switch (file.kind) {
    case 'CERTIFICATE': {
      const body = { pemEncodedFile: file.pem };
      return { kind: file.kind, found: await keyplane.inspectCertificate({ projectName, body }, { signal }) };
    }
    case 'KEY': {
      const body = { content: file.pem, ...(passphrase !== '' && { passphrase }) };
      const [found] = (await keyplane.inspectKey({ projectName, body }, { signal })).resultList;
      if (found === undefined) throw new Error('The manager found no key in the file');
      return { kind: file.kind, found };
    }
    case 'KEYSTORE': {
      const body = { file: base64Of(file.bytes), password, keyPassword, keyPasswords };
      return { kind: file.kind, found: await keyplane.inspectKeystore({ projectName, body }, { signal }) };
    }
    default:
      return file satisfies never;
  }
}
