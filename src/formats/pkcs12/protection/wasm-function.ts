// Assembles a WebAssembly function of 32-bit numbers: what a digest's rounds need and nothing else.
// Rounds written out one after another run at OpenSSL's speed; written out by a loop they are as short as the
// standard's own text. No memory, no imports: numbers in, numbers out.

/** A piece of code that leaves one number. */
export type Word = readonly number[];

/** The part of it that is used: neither Node's types nor the language's own describe it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

const op = { or: 0x72, and: 0x71, xor: 0x73, add: 0x6a, rotl: 0x77, shr: 0x76 };
const i32 = 0x7f;

/** LEB128, signed: for numbers below 128 of either kind one byte is the same. */
function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && byte < 0x40) || (rest === -1 && byte >= 0x40)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

function unsignedLeb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsignedLeb(value >>> 7)];
}

export const get = (local: number): Word => [0x20, ...unsignedLeb(local)];
export const put = (local: number, value: Word): Word => [...value, 0x21, ...unsignedLeb(local)];
export const constant = (value: number): Word => [0x41, ...leb(value)];

const joined = (operation: number, [first = [], ...rest]: readonly Word[]): Word => [
  ...first,
  ...rest.flatMap((word) => [...word, operation]),
];
export const add = (...words: readonly Word[]): Word => joined(op.add, words);
export const xor = (...words: readonly Word[]): Word => joined(op.xor, words);
export const and = (...words: readonly Word[]): Word => joined(op.and, words);
export const or = (...words: readonly Word[]): Word => joined(op.or, words);
export const rotateLeft = (word: Word, bits: number): Word => [...word, ...constant(bits), op.rotl];
export const shiftRight = (word: Word, bits: number): Word => [...word, ...constant(bits), op.shr];

/**
 * A function over `state` numbers that runs `body` a given number of times.
 * Locals: the state first, then the counter, then `scratch` more.
 */
export function assembleLoop(
  sizes: { state: number; scratch: number },
  body: readonly Word[],
): (state: readonly number[], times: number) => number[] {
  const counter = sizes.state;
  const section = (id: number, content: readonly number[]) => [
    id,
    ...unsignedLeb(content.length),
    ...content,
  ];
  const countDown = [...get(counter), ...constant(1), 0x6b, 0x22, counter];
  const states = Array.from({ length: sizes.state }, (_, index) => get(index)).flat();
  const loop = [0x03, 0x40, ...body.flat(), ...countDown, 0x0d, 0, 0x0b];
  const code = [1, ...unsignedLeb(sizes.scratch), i32, ...loop, ...states, 0x0b];
  const numbers = (count: number) => [count, ...Array<number>(count).fill(i32)];
  const bytes = Uint8Array.from([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, [1, 0x60, ...numbers(sizes.state + 1), ...numbers(sizes.state)]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x66, 0, 0]),
    ...section(10, [1, ...unsignedLeb(code.length), ...code]),
  ]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const run = exports.f as (...numbers: number[]) => number[];
  return (state, times) => run(...state, times);
}
