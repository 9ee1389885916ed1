import { z } from 'zod';
import { eventBody, type StoredEvent } from '../../events/event.ts';
import { eventObjectTypes, eventTypes } from '../../events/event-types.ts';
import { named } from '../openapi/named.ts';

const fact = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const eventItem = named(
  'Event',
  z.object({
    sequence: z.number().int().describe('1, 2, 3, … within the project, in the order of the changes'),
    id: z.string().describe('The `webhook-id` of its deliveries'),
    type: named('EventType', z.enum(eventTypes)),
    timestamp: z.string().describe('ISO 8601, UTC'),
    data: z
      .object({
        projectName: z.string(),
        objectType: named('EventObjectType', z.enum(eventObjectTypes)),
        objectName: z.string(),
        kid: z.string().optional().describe('Of the key that it is about'),
        environmentName: z
          .string()
          .nullable()
          .optional()
          .describe('Of the node, or of the delivery of an outlet; null: it was deleted meanwhile'),
        nodeName: z.string().optional().describe('Where the delivery of an outlet failed'),
      })
      .catchall(fact)
      .describe('What happened to which object, and public facts beside that; never key material'),
  }),
);

export function eventView(event: StoredEvent, projectName: string): z.infer<typeof eventItem> {
  const { sequence, id, type } = event;
  const { timestamp, data } = eventBody(event, projectName);
  const { objectType } = event;
  return { sequence, id, type, timestamp, data: { ...data, objectType } as EventData };
}

type EventData = z.infer<typeof eventItem>['data'];
