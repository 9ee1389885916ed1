// Where a text stops being JSON (RFC 8259). The engine names the place of some faults only, and quotes the text around
// it, which may be a secret; so this reader finds the place by itself. It runs on text that the engine has rejected.

export interface JsonFault {
  /** Both count from 1; a column counts UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** Such as "unexpected text"; never what stands there. */
  readonly what: string;
}

type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end' | 'nothing';

export const endsTooEarly = 'it ends too early';

/** Undefined for text that is JSON after all. Takes time in proportion to the text, and no recursion. */
export function findJsonFault(text: string): JsonFault | undefined {
  const scan = new Scan(text);
  while (scan.fault === undefined && scan.step());
  return scan.fault === undefined ? undefined : { ...placeOf(text, scan.at), what: scan.fault };
}

class Scan {
  at = 0;
  fault: string | undefined;
  readonly #text: string;
  readonly #open: ('{' | '[')[] = [];
  #expected: Expected = 'value';

  constructor(text: string) {
    this.#text = text;
  }

  /** Reads one token. False at the end. */
  step(): boolean {
    while (' \t\r\n'.includes(this.#text[this.at] ?? 'end')) this.at += 1;
    const sign = this.#text[this.at];
    if (sign === undefined) {
      if (this.#expected !== 'nothing') this.fault = endsTooEarly;
      return false;
    }
    switch (this.#expected) {
      case 'nothing':
        this.fault = 'text behind its end';
        break;
      case 'colon':
        if (sign === ':') this.#pass('value');
        else this.fault = 'a colon (:) is missing';
        break;
      case 'comma or end':
        this.#afterValue(sign);
        break;
      case 'name or end':
      case 'name':
        this.#name(sign);
        break;
      case 'value or end':
      case 'value':
        this.#value(sign);
        break;
      default:
        this.#expected satisfies never;
    }
    return true;
  }

  #pass(expected: Expected): void {
    this.at += 1;
    this.#expected = expected;
  }

  #close(): void {
    this.#open.pop();
    this.#pass(this.#behindValue());
  }

  #behindValue(): Expected {
    return this.#open.length === 0 ? 'nothing' : 'comma or end';
  }

  #afterValue(sign: string): void {
    const isObject = this.#open.at(-1) === '{';
    if (sign === ',') this.#pass(isObject ? 'name' : 'value');
    else if (sign === (isObject ? '}' : ']')) this.#close();
    else this.fault = /["'{[\w-]/.test(sign) ? 'a comma is missing' : 'unexpected text';
  }

  #name(sign: string): void {
    if (sign === '"') this.#string('colon');
    else if (sign !== '}') this.#unexpected(sign);
    else if (this.#expected === 'name or end') this.#close();
    else this.fault = 'a comma too many, before }';
  }

  #value(sign: string): void {
    if (sign === '{' || sign === '[') {
      this.#open.push(sign);
      this.#pass(sign === '{' ? 'name or end' : 'value or end');
    } else if (sign === '"') {
      this.#string(this.#behindValue());
    } else if (sign === ']' && this.#open.at(-1) === '[') {
      if (this.#expected === 'value or end') this.#close();
      else this.fault = 'a comma too many, before ]';
    } else {
      this.#literal(sign);
    }
  }

  #literal(sign: string): void {
    const pattern = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    pattern.lastIndex = this.at;
    if (!pattern.test(this.#text)) {
      this.#unexpected(sign);
      return;
    }
    this.at = pattern.lastIndex;
    this.#expected = this.#behindValue();
  }

  #unexpected(sign: string): void {
    this.fault = sign === "'" ? 'a single quote in place of "' : 'unexpected text';
  }

  #string(next: Expected): void {
    for (let at = this.at + 1; ; at += 1) {
      const sign = this.#text[at];
      if (sign === '"') {
        this.at = at;
        this.#pass(next);
        return;
      }
      if (sign === undefined) this.fault = endsTooEarly;
      else if (sign < ' ') this.fault = 'a control character inside a string';
      else if (sign === '\\') {
        const escaped = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(this.#text.slice(at + 1, at + 6))?.[0];
        if (escaped === undefined) this.fault = 'an escape that JSON does not have';
        else at += escaped.length;
      }
      if (this.fault !== undefined) {
        this.at = at;
        return;
      }
    }
  }
}

function placeOf(text: string, at: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) {
    line += 1;
    start = next + 1;
  }
  return { line, column: at - start + 1 };
}
