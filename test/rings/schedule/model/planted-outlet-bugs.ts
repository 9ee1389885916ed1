// Bugs of outlets that the model must find.

import type { NodeFacts, RingFacts } from '../../../../src/rings/schedule/ring-facts.ts';
import { blindAtRetirement, blindTo, type PlantedBug } from './planted-bugs.ts';

const outletsWhere = (counts: (delivery: NodeFacts, facts: RingFacts) => boolean) => (facts: RingFacts) => ({
  outlets: facts.outlets.filter((delivery) => counts(delivery, facts)),
});
const none = outletsWhere(() => false);
const deliverable = outletsWhere(({ outlet }) => !outlet?.isFailing);

export const plantedOutletBugs: readonly PlantedBug[] = [
  {
    title: 'a key signs before outlets have it',
    breaks: 'I1',
    bugs: blindTo(none),
  },
  {
    title: 'a secret key is used before outlets have it',
    breaks: 'I1',
    kind: 'OCT',
    bugs: blindTo(none),
  },
  {
    title: 'an encryption key is published before readers of outlets can decrypt',
    breaks: 'I1',
    kind: 'ENCRYPTION',
    bugs: blindTo(none),
  },
  {
    title: 'a key retires while the reader of an outlet signs with it',
    breaks: 'I2',
    bugs: blindAtRetirement(none),
  },
  {
    title: 'an encryption key retires while the reader of an outlet encrypts to it',
    breaks: 'I2',
    kind: 'ENCRYPTION',
    bugs: blindAtRetirement(none),
  },
  {
    title: 'an outlet that fails for long does not hold up publication',
    breaks: 'I1',
    bugs: blindTo(deliverable),
  },
  {
    title: 'an outlet that fails for long does not hold up retirement',
    breaks: 'I2',
    bugs: blindAtRetirement(deliverable),
  },
  {
    title: 'an outlet that was created after the ring does not hold up publication',
    breaks: 'I1',
    bugs: blindTo(outletsWhere(({ registeredAt }, { createdAt }) => registeredAt <= createdAt)),
  },
  {
    title: 'an outlet that was created after a key does not hold up its retirement',
    breaks: 'I2',
    bugs: blindAtRetirement(
      outletsWhere(({ registeredAt }, { members }) => {
        const oldest = members.find(({ state }) => state === 'RETIRING');
        return oldest === undefined || registeredAt <= oldest.createdAt;
      }),
    ),
  },
  {
    title: 'an outlet that was deleted is forgotten',
    breaks: 'I1',
    bugs: { outlet: { forgetsDeleted: true } },
  },
  {
    title: 'a key retires as if an outlet that was deleted had never used it',
    breaks: 'I2',
    bugs: { outlet: { forgetsDeleted: true } },
  },
  {
    title: 'a node reports what it was sent as delivered',
    breaks: 'I1',
    bugs: { outlet: { reportsRevisionOfState: true } },
  },
  {
    title: 'an outlet keeps a revoked key',
    breaks: 'I4',
    bugs: { outlet: { deliversOnce: true } },
  },
];
