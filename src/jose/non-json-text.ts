// Recognises common inputs that are no JSON by their first characters, and says where to get the key.

import { textFormatName, unsupportedTextFormat } from './unsupported-text.ts';

/**
 * Ends a sentence about a text that is no JSON: "it is PEM (CERTIFICATE)! Upload it …".
 * Undefined where the text is nothing that is known. Never repeats what the text holds.
 */
export function nonJsonText(text: string): string | undefined {
  const start = text.slice(0, 4096).trimStart();
  const [, label] = /^-----BEGIN ([A-Z0-9][A-Z0-9 ]{0,60})-----/.exec(start) ?? [];
  if (label !== undefined) {
    const kind = label.endsWith('CERTIFICATE') ? 'certificate' : 'key';
    const types = kind === 'key' ? 'PUBLIC_KEY or PRIVATE_KEY' : 'CERTIFICATE';
    return `it is PEM (${label})! Upload it as a ${kind} and create the JWK from that, with source type ${types}`;
  }
  if (/^(Bearer\s+)?eyJ[\w-]*\.[\w-]*\.[\w-]*/i.test(start)) {
    return 'it is a JWT, which is a token and not a key! The keys of its issuer are in a JWK Set, whose address is the jwks_uri of its OpenID configuration';
  }
  if (/^<(!doctype\s+html|html|head|body)\b/i.test(start)) {
    return 'it is an HTML page! Give the address of the JWK Set itself';
  }
  if (/^https?:\/\/\S+$/i.test(start.trimEnd())) return 'it is an address! Give it as url of source type URL';
  if (start.startsWith('<')) return 'it is XML! A JWK Set is a JSON object (RFC 7517 §5)';
  if (/^(eyJ|ewog|ewo)[\w+/=-]*$/.test(text.trim().slice(0, 4096))) return 'it is base64! Decode it first';
  const form = unsupportedTextFormat(start);
  if (form === undefined) return undefined;
  return `it is ${textFormatName(form)}! ${form.remedy}`;
}
