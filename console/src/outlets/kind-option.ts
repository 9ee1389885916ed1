import type { OutletKind } from '../../../clients/typescript/src/index.ts';
import { type OutletKindOption, outletKindOptions } from '../../../src/outlets/kinds/outlet-kind-options.ts';

const options = new Map(outletKindOptions.map((option) => [option.name, option]));

export function kindOption(name: OutletKind): OutletKindOption {
  const option = options.get(name);
  if (option === undefined) throw new TypeError(`there is no kind of outlet ${name}`);
  return option;
}
