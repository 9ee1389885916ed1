import { describe, expect, test } from 'vitest';
import { checkArrows, roomCrossings, roomOf, unusedArrows } from './arrows.ts';
import { circles } from './circles.ts';
import { importsOf } from './imports.ts';
import { arrows } from './rooms.ts';
import { parsed, sourceFiles } from './source-file.ts';
import { expectKept } from './verdict.ts';

const src = sourceFiles('src');

describe('arrows between rooms', () => {
  test('every import that leaves its room follows an allowed arrow', () => {
    expectKept(checkArrows(src, arrows));
  });

  test('every allowed arrow is needed, so that the table stays as tight as the code', () => {
    expectKept(unusedArrows(src, arrows));
  });

  test('every room is in the table', () => {
    const rooms = new Set(src.map(({ path }) => roomOf(path)));
    expect([...rooms].sort()).toEqual(Object.keys(arrows).sort());
  });

  test('rooms do not import each other in a circle', () => {
    const between = roomCrossings(src).map(({ from, to }) => ({
      from: roomOf(from) ?? from,
      to: roomOf(to) ?? to,
    }));
    expectKept(circles(between));
  });
});

describe('the rule itself', () => {
  const wrong = [
    `import { startManager } from '../compose/manager.ts';`,
    `import type { Store } from '../store/store.ts';`,
    `export { openStore } from '../store/store.ts';`,
    `export * from '../store/store.ts';`,
    `const store = await import('../store/store.ts');`,
    `type Store = import('../store/store.ts').Store;`,
    `const worker = new Worker(new URL('../store/thread.ts', import.meta.url));`,
    `import { seal, type Sealed } from '../sealing/sealed.ts';`,
    `import '../http/server.ts';`,
  ];
  test.each(wrong)('refuses %s in jwks', (text) => {
    expect(checkArrows([parsed('src/jwks/create.ts', text)], arrows).breaches).toHaveLength(1);
  });

  const right = [
    `import { badRequest } from '../errors.ts';`,
    `import type { Sealed } from '../sealing/sealed.ts';`,
    `import { type Sealed } from '../sealing/sealed.ts';`,
    `import { thumbprint } from '../jose/thumbprint.ts';`,
    `import { sealedMembers } from './sealed-members.ts';`,
    `// import { openStore } from '../store/store.ts';`,
    `const text = "import { openStore } from '../store/store.ts'";`,
  ];
  test.each(right)('lets %s pass in jwks', (text) => {
    expect(checkArrows([parsed('src/jwks/create.ts', text)], arrows).breaches).toEqual([]);
  });

  test('allows one file of a room where the table names one', () => {
    const [aead, sealer] = ['aead', 'sealer'].map((name) =>
      parsed('src/node/disk.ts', `import { open } from '../sealing/${name}.ts';`),
    );
    expect(
      checkArrows(
        [aead, sealer].flatMap((file) => file ?? []),
        arrows,
      ).breaches,
    ).toEqual(['src/node/disk.ts: may not import src/sealing/sealer.ts (runtime)']);
  });

  test('reports a house without files', () => {
    expect(() => expectKept(checkArrows([], arrows))).toThrow('nothing to look at');
  });

  test('reports an arrow that is not used', () => {
    const file = parsed('src/jwks/create.ts', `import type { A } from '../jose/jwk.ts';`);
    expect(unusedArrows([file], { jwks: ['jose', 'sources'] }).breaches).toEqual([
      'jwks: needs no arrow to sources',
    ]);
  });

  test('reads the names and the kind of an import', () => {
    const text = `import { a as b, type C } from './d.ts'; import type { E } from 'f';`;
    expect(importsOf(parsed('src/jose/x.ts', text))).toMatchObject([
      { to: 'src/jose/d.ts', relative: true, kind: 'runtime', names: ['a', 'C'] },
      { to: 'f', relative: false, kind: 'type', names: ['E'] },
    ]);
  });
});
