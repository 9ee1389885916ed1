import { z } from 'zod';
import { outletContents } from '../../outlets/content/outlet-content.ts';
import { outletKindNames } from '../../outlets/kinds/kinds.ts';
import { contentsText, credentialsText, targetsText } from '../../outlets/kinds/outlet-kind-texts.ts';
import { deliveryStates } from '../../outlets/outlet.ts';
import type { FoundOutlet } from '../../outlets/outlets.ts';
import { describedAs, named } from '../openapi/named.ts';
import { nameText } from '../openapi/named-values.ts';
import { descriptionMember, environmentNames } from '../requests/body-schemas.ts';
import { instant, instantOrNull, instantText } from '../responses/response-schemas.ts';

export const outletParams = z.object({ projectName: z.string(), outletName: z.string() });

/** Members of a body whose null is a value. */
export const nullableOutletMembers = Object.freeze(['source', 'environmentNames']);
/** Members within which every null is kept. */
export const verbatimOutletMembers = Object.freeze(['target']);

const kind = named('OutletKind', z.enum(outletKindNames));
const content = named('OutletContent', z.enum(outletContents));
const jsonObject = z.record(z.string(), z.unknown());

const source = named(
  'OutletSource',
  z.strictObject({
    keyRingName: z.string().optional(),
    jwkName: z.string().optional(),
    viewName: z.string().optional(),
    certificateName: z.string().optional(),
    tokenProfileName: z.string().optional(),
  }),
);

const described = {
  description: descriptionMember(),
  source: source
    .nullable()
    .optional()
    .describe("What is delivered, by one of these names; null: the project's set. Default null"),
  content: content.optional().describe(`The form in which it is delivered. ${contentsText}`),
  environmentNames: environmentNames().describe(
    'Where it delivers; null: all environments that the project reaches, also later ones. Events that name another environment are not delivered',
  ),
  target: jsonObject.optional().describe(`${targetsText}. Replaced as a whole`),
  credential: jsonObject.optional().describe(`Sealed, and never returned. ${credentialsText}`),
  gate: z
    .boolean()
    .optional()
    .describe('Whether a key ring waits for its deliveries before it activates a key. Default true'),
};

// The rules reject what is missing or no kind, with their own texts and in their own order.
const members = { ...described, content: z.string().optional(), kind: z.string().optional() };
const body = z.strictObject({ name: z.string().optional(), ...members });

export const createOutletBody = describedAs(
  body,
  named(
    'NewOutlet',
    z.strictObject({
      name: nameText('Outlet name, unique within the project'),
      kind: kind.describe('Where it delivers to, and how'),
      ...described,
      target: described.target.unwrap(),
    }),
  ),
);

export const updateOutletBody = describedAs(
  body.clone(),
  named(
    'OutletChange',
    z.strictObject({
      name: nameText('May be given, but cannot be changed').optional(),
      kind: kind.optional().describe('May be given, but cannot be changed'),
      ...described,
    }),
  ),
);

const state = named('OutletState', z.enum(deliveryStates));

const delivery = named(
  'OutletDelivery',
  z.object({
    environmentName: z.string(),
    nodeName: z.string().optional().describe('The node that delivers; absent where the manager does'),
    state: state.describe(
      'CURRENT: delivered. LAGGING: a change is still to be delivered. FAILING: the last attempt failed, and it is tried again',
    ),
    digest: z
      .string()
      .nullable()
      .describe(
        'SHA-256 of what was delivered last, in hexadecimal; of a folder, that of the list that `LC_ALL=C sha256sum *` prints. Null: nothing was delivered yet',
      ),
    deliveredAt: instant.nullable(),
    attempts: z.number().int().describe('To deliver what is to be delivered now'),
    lastError: z.string().nullable().describe('Why the last attempt failed; null where it did not'),
  }),
);

export const outletItem = named(
  'Outlet',
  z.object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    kind,
    source: source.nullable(),
    content,
    environmentNames: z.array(z.string()).nullable(),
    target: jsonObject,
    hasCredential: z.boolean(),
    gate: z.boolean(),
    environments: z.array(delivery).describe('One a node, or one an environment where the manager delivers'),
    createdAt: instant,
    updatedAt: instant,
  }),
);

export function outletView({ outlet, source: named, environmentNames, deliveries }: FoundOutlet) {
  return {
    id: outlet.id,
    name: outlet.name,
    description: outlet.description,
    kind: outlet.kind,
    source: named && { ...named },
    content: outlet.content,
    environmentNames: environmentNames && [...environmentNames],
    target: { ...outlet.target },
    hasCredential: outlet.credential !== null,
    gate: outlet.gate,
    environments: deliveries.map(({ nodeName, node: _, deliveredAt, ...facts }) => ({
      ...facts,
      ...(nodeName !== undefined && { nodeName }),
      deliveredAt: instantOrNull(deliveredAt),
    })),
    createdAt: instantText(outlet.createdAt),
    updatedAt: instantText(outlet.updatedAt),
  };
}
