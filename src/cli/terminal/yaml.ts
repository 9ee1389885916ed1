// JSON values as YAML 1.2. Only what is safe to leave plain is plain: a reader of YAML 1.1 must not take a name for a
// boolean, a number, a date or null.

import { sanitizedJson } from './sanitize.ts';

type Node = unknown;

/** The value as one YAML document. Members without a value are left out, as in JSON. */
export function yamlText(value: unknown): string {
  const plain: Node = JSON.parse(JSON.stringify(value ?? null));
  return isNested(plain) ? block(plain, 0) : `${scalar(plain, 0)}\n`;
}

function block(node: object, depth: number): string {
  const indent = '  '.repeat(depth);
  if (Array.isArray(node)) {
    return node
      .map((item: Node) =>
        isNested(item)
          ? `${indent}- ${block(item, depth + 1).trimStart()}`
          : `${indent}- ${scalar(item, depth + 1)}\n`,
      )
      .join('');
  }
  return Object.entries(node)
    .map(([name, item]: [string, Node]) =>
      isNested(item)
        ? `${indent}${text(name)}:\n${block(item, depth + 1)}`
        : `${indent}${text(name)}: ${scalar(item, depth + 1)}\n`,
    )
    .join('');
}

/** Whether it is written on its own lines; an empty object or list is written on the line of its name. */
function isNested(node: Node): node is object {
  return typeof node === 'object' && node !== null && Object.keys(node).length > 0;
}

function scalar(node: Node, depth: number): string {
  if (typeof node === 'object' && node !== null) return Array.isArray(node) ? '[]' : '{}';
  if (typeof node !== 'string') return String(node);
  return isLines(node) ? literal(node, depth) : text(node);
}

/** PEM stays readable as a literal block. Only lines of visible ASCII characters, because a block escapes nothing. */
function isLines(value: string): boolean {
  return /^(?:[!-~](?:[ -~]*[!-~])?\n)+$/.test(value);
}

function literal(value: string, depth: number): string {
  const indent = '  '.repeat(depth);
  return `|\n${value.trimEnd().replace(/^/gm, indent)}`;
}

/** Words that readers of YAML 1.1 or 1.2 take for something else than text. */
const reserved = /^(?:true|false|yes|no|on|off|y|n|null|nan|inf)$/i;
/**
 * A letter first, so that it is neither a number nor a date. Only a space separates, so that a text matches in one way:
 * with two the time to reject base64 of a certificate, which ends with `=`, would grow exponentially.
 */
const plainText = /^[A-Za-z][\w./@+-]*(?: [\w./@+-]+)*$/;

function text(value: string): string {
  return plainText.test(value) && !reserved.test(value) ? value : sanitizedJson(value);
}
