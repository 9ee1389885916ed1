import { channel } from 'node:diagnostics_channel';

/**
 * The points where a crash matters most: just before and just after an irreversible step. A test subscribes from
 * outside (`faults/`) to stop the process there; without a subscriber publishing does nothing. No data is ever
 * published on these channels.
 */
export const faultPoints = Object.freeze({
  /** All works of a group have run; the database does not have them yet. */
  beforeCommit: channel('keyplane:commit.before'),
  /** The database confirmed that they are durable; no request has a response yet. */
  afterCommit: channel('keyplane:commit.after'),
  /** The database has a change; the nodes of this manager are about to be sent it from memory. */
  beforeMemorySend: channel('keyplane:memory-send.before'),
  /** Open audit records are put into the chain; the database does not have it yet. */
  beforeClosing: channel('keyplane:closing.before'),
  /** The database has it. */
  afterClosing: channel('keyplane:closing.after'),
  beforeSend: channel('keyplane:send.before'),
  afterSend: channel('keyplane:send.after'),
  /** A node confirmed the changes that it received. */
  beforeConfirmation: channel('keyplane:confirmation.before'),
  afterConfirmation: channel('keyplane:confirmation.after'),
  /** A key ring moves on: its members, desired state and audit record are written, the database does not have them yet. */
  beforeTransition: channel('keyplane:transition.before'),
  /** The database has the transition; no node was sent it yet. */
  afterTransition: channel('keyplane:transition.after'),
  /** An event is about to be sent to the receiver of a webhook. */
  beforeDelivery: channel('keyplane:delivery.before'),
  /** The receiver took it; the database does not know that. */
  afterDelivery: channel('keyplane:delivery.after'),
  /** An outlet that the manager delivers is recorded as begun; its server does not have it. */
  beforeOutletWrite: channel('keyplane:outlet-write.before'),
  /** The server has it; the database does not know that. */
  afterOutletWrite: channel('keyplane:outlet-write.after'),
  /** The next statement of a schema migration. */
  migrationStatement: channel('keyplane:migration.statement'),
  /** The next step with the key files, while the master key is changed. */
  keyFileStep: channel('keyplane:key-file.step'),
});
