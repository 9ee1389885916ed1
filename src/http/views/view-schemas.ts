import { z } from 'zod';
import { publicKeyTypeNames } from '../../jose/key-types.ts';
import type { FoundView } from '../../views/views.ts';
import { describedAs, named } from '../openapi/named.ts';
import { jwkUse, nameText } from '../openapi/named-values.ts';
import { descriptionMember } from '../requests/body-schemas.ts';
import { instant, instantText } from '../responses/response-schemas.ts';

export const viewParams = z.object({ projectName: z.string(), viewName: z.string() });

/** Members of a body whose null is a value. */
export const nullableViewMembers = Object.freeze(['include', 'exclude']);

const texts = (description: string) => z.array(z.string()).optional().describe(description);

const selection = named(
  'ViewSelection',
  z.strictObject({
    keyTypes: texts(`Of ${publicKeyTypeNames.join(', ')}`),
    algorithms: texts('JOSE names, such as ES256: the `alg` of the key'),
    uses: texts('`sig` or `enc`: the `use` of the key. SIGNATURE and ENCRYPTION are taken, too'),
    keyRingNames: texts('Key rings of the project: their members that are published'),
    jwkNames: texts('JWKs of the project that belong to no key ring'),
  }),
);

const members = {
  description: descriptionMember(),
  include: selection
    .nullable()
    .optional()
    .describe(
      'A key must match every list that is given, and of each list one item; `keyRingNames` and `jwkNames` count as one list. Null: all keys of the project that have a public half. Replaced as a whole',
    ),
  exclude: selection
    .nullable()
    .optional()
    .describe(
      'A key that matches one item of any list is left out, even where it is included. Null: none. Replaced as a whole',
    ),
};

const body = z.strictObject({ name: z.string().optional(), ...members });

export const createViewBody = describedAs(
  body,
  named('NewView', z.strictObject({ name: nameText('View name, unique within the project'), ...members })),
);

export const updateViewBody = describedAs(
  body.clone(),
  named(
    'ViewChange',
    z.strictObject({ name: nameText('May be given, but cannot be changed').optional(), ...members }),
  ),
);

const shownSelection = named(
  'ViewKeys',
  z.object({
    keyTypes: z.array(z.string()).optional(),
    algorithms: z.array(z.string()).optional(),
    uses: z.array(jwkUse).optional(),
    keyRingNames: z.array(z.string()).optional(),
    jwkNames: z.array(z.string()).optional(),
  }),
);

export const viewItem = named(
  'View',
  z.object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    include: shownSelection.nullable().describe('Null: all keys of the project that have a public half'),
    exclude: shownSelection.nullable(),
    createdAt: instant,
    updatedAt: instant,
  }),
);

type Shown = z.infer<typeof shownSelection>;

export function viewView({ view, include, exclude }: FoundView) {
  const { id, name, description, createdAt, updatedAt } = view;
  return {
    id,
    name,
    description,
    // Safe to cast: the lists are not written to.
    include: include as Shown | null,
    exclude: exclude as Shown | null,
    createdAt: instantText(createdAt),
    updatedAt: instantText(updatedAt),
  };
}
