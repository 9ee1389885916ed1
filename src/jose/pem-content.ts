import { sniffDer } from '../asn1/sniff-der.ts';
import { isOpenSshKey } from './openssh-key.ts';
import type { PemBlock } from './pem.ts';
import { type Encoding, pemEncoding } from './unsupported-formats.ts';

/** The label of what a block holds, which may be another than its own; its own where that is unknown. */
export function contentLabel({ label, der, encryption }: PemBlock): string {
  if (encryption !== undefined) return label;
  return isOpenSshKey(der) ? 'OPENSSH PRIVATE KEY' : (sniffDer(der)?.label ?? label);
}

/** How the programs read it that convert it. */
export function encodingOf(block: PemBlock): Encoding {
  return pemEncoding(contentLabel(block), block.label);
}
