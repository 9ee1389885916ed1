import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ManagerContact } from '../../src/node/lease/manager-contact.ts';
import { ServeLimit } from '../../src/node/lease/serve-limit.ts';
import { SigningLease } from '../../src/node/lease/signing-lease.ts';
import { TestLog, temporaryFolder } from './support/test-node.ts';

const minute = 60_000;
const hour = 60 * minute;
const key = randomBytes(32);
const ring = { name: 'api-signing', signingLeaseMs: hour };

/** A machine whose clocks a test moves; the manager's clock is the true time. */
class Machine {
  trueMs = Date.parse('2026-12-01T10:00:00Z');
  wallOffsetMs = 0;
  boot = 'boot 1';
  readonly #startedAt = this.trueMs;

  readonly clocks = {
    wall: () => this.trueMs + this.wallOffsetMs,
    monotonic: () => this.trueMs - this.#startedAt,
    boot: this.boot,
  };

  pass(milliseconds: number): void {
    this.trueMs += milliseconds;
  }
}

async function contactOf(machine: Machine, path: string | undefined, log = new TestLog()) {
  const { boot } = machine;
  const contact = new ManagerContact({ clocks: { ...machine.clocks, boot }, path, key, log });
  await contact.load();
  return { contact, lease: new SigningLease(contact), log };
}

/** A heartbeat that takes as long on the way there as on the way back. */
function beat(machine: Machine, contact: ManagerContact, onTheWayMs = 0): void {
  const sent = contact.sample();
  machine.pass(onTheWayMs / 2);
  const managerTime = machine.trueMs;
  machine.pass(onTheWayMs / 2);
  contact.heard({ type: 'heard', time: sent.wallMs, lastSeenAt: managerTime, managerTime }, sent);
}

test('a node signs for as long as the lease after the last answered heartbeat, counted from its sending', async () => {
  const machine = new Machine();
  const { contact, lease } = await contactOf(machine, undefined);
  expect(lease.maySign(ring)).toBe(
    'This node has not heard from a manager yet: it does not sign with key ring (name: api-signing)!',
  );
  expect(lease.maySign({ ...ring, signingLeaseMs: null })).toBe(true);
  beat(machine, contact, minute);
  machine.pass(hour - minute - 1);
  expect(lease.maySign(ring)).toBe(true);
  machine.pass(1);
  expect(lease.maySign(ring)).toBe(
    'This node has not heard from a manager for PT1H: it does not sign with key ring (name: api-signing)!',
  );
  expect(lease.maySign({ ...ring, signingLeaseMs: null })).toBe(true);
  beat(machine, contact);
  expect(lease.maySign(ring)).toBe(true);
  expect(lease.signsUntil(ring)).toBe(machine.trueMs + hour);
});

test('a node that starts without a manager counts on, by its wall clock over a boot and by the larger one within it', async () => {
  const machine = new Machine();
  const path = join(await temporaryFolder(), 'manager.contact');
  const before = await contactOf(machine, path);
  beat(machine, before.contact);
  await before.contact.close();
  machine.pass(50 * minute);
  const { lastSeenAt } = before.contact;
  const again = await contactOf(machine, path);
  expect(again.contact.lastSeenAt).toBe(lastSeenAt);
  expect(again.lease.maySign(ring)).toBe(true);
  await again.contact.close();
  // Set back by half an hour, to a time after the one that was kept: only the monotonic clock notices.
  machine.wallOffsetMs = -5 * minute;
  machine.pass(11 * minute);
  expect((await contactOf(machine, path)).lease.maySign(ring)).toContain('for PT1H');
  machine.boot = 'boot 2';
  const booted = await contactOf(machine, path);
  expect(booted.lease.maySign(ring)).toBe(true);
  await booted.contact.close();
  machine.pass(10 * minute);
  expect((await contactOf(machine, path)).lease.maySign(ring)).toContain('for PT1H');
});

test('a wall clock behind the one that was kept ends the lease until a manager answers', async () => {
  const machine = new Machine();
  const path = join(await temporaryFolder(), 'manager.contact');
  const before = await contactOf(machine, path);
  beat(machine, before.contact);
  machine.pass(minute);
  await before.contact.close();
  machine.boot = 'boot 2';
  machine.wallOffsetMs = -2 * minute;
  const { contact, lease, log } = await contactOf(machine, path);
  const setBack = 'The clock of this node was set back: it does not sign until a manager answers!';
  expect(lease.maySign(ring)).toBe(setBack);
  expect(log.lines.map(({ text }) => text).join()).toContain('behind the time of the last contact');
  expect(new ServeLimit(contact, hour).isOver).toBe(true);
  // Also once the clock has passed that time again, and over a restart.
  machine.pass(minute + 30_000);
  expect(lease.maySign(ring)).toBe(setBack);
  await contact.close();
  beat(machine, contact);
  expect(lease.maySign(ring)).toBe(true);
});

test('a node whose clock is off by more than five minutes does not sign, and uses the time of the manager', async () => {
  const machine = new Machine();
  machine.wallOffsetMs = hour;
  const { contact, lease } = await contactOf(machine, undefined);
  expect(contact.time.now()).toBe(machine.trueMs + hour);
  beat(machine, contact, 400);
  expect(contact.time.now()).toBe(machine.trueMs);
  expect(contact.time.offsetMs).toBe(hour);
  expect(lease.maySign(ring)).toBe('The clock of this node is off by PT1H: it does not sign!');
  expect(lease.maySign({ ...ring, signingLeaseMs: null })).toContain('is off by PT1H');
  machine.wallOffsetMs = 5 * minute;
  beat(machine, contact);
  expect(lease.maySign(ring)).toBe(true);
  machine.pass(10 * minute);
  expect(contact.time.now()).toBe(machine.trueMs);
});

test('an answer that came late does not set the time of the manager back', async () => {
  const machine = new Machine();
  const { contact } = await contactOf(machine, undefined);
  beat(machine, contact);
  const sent = contact.sample();
  const managerTime = machine.trueMs;
  machine.pass(minute);
  contact.heard({ type: 'heard', time: sent.wallMs, lastSeenAt: managerTime, managerTime }, sent);
  expect(contact.time.now()).toBe(machine.trueMs);
  expect(contact.ageMs).toBe(minute);
});

test('the time that a manager kept a heartbeat for is on neither way', async () => {
  const machine = new Machine();
  const { contact } = await contactOf(machine, undefined);
  const sent = contact.sample();
  machine.pass(100);
  // It waits for the node to catch up and for the next commit, and is recorded after that.
  machine.pass(1_800);
  const managerTime = machine.trueMs;
  machine.pass(100);
  const heard = { type: 'heard', time: sent.wallMs, lastSeenAt: managerTime, managerTime } as const;
  contact.heard({ ...heard, answeredAfterMs: 1_800 }, sent);
  expect(contact.time.now()).toBe(machine.trueMs);
});

test('a manager that does not state how long it kept a heartbeat kept it from recording to answering', async () => {
  const machine = new Machine();
  const { contact } = await contactOf(machine, undefined);
  const sent = contact.sample();
  machine.pass(100);
  const lastSeenAt = machine.trueMs;
  machine.pass(1_800);
  const managerTime = machine.trueMs;
  machine.pass(100);
  contact.heard({ type: 'heard', time: sent.wallMs, lastSeenAt, managerTime }, sent);
  expect(contact.time.now()).toBe(machine.trueMs);
  // More than passed at the node: then nothing was on the way.
  const again = contact.sample();
  machine.pass(200);
  const ahead = machine.trueMs + 5;
  contact.heard({ type: 'heard', time: again.wallMs, lastSeenAt: ahead - 900, managerTime: ahead }, again);
  expect(contact.time.now()).toBe(ahead);
});

test('an answer that was on the way for longer than an earlier one does not move the time of the manager', async () => {
  const machine = new Machine();
  const { contact } = await contactOf(machine, undefined);
  const answered = (thereMs: number, backMs: number) => {
    const sent = contact.sample();
    machine.pass(thereMs);
    const managerTime = machine.trueMs;
    machine.pass(backMs);
    contact.heard(
      { type: 'heard', time: sent.wallMs, lastSeenAt: managerTime, managerTime, answeredAfterMs: 0 },
      sent,
    );
  };
  answered(1_600, 0);
  expect(contact.time.now()).toBe(machine.trueMs + 800);
  answered(2, 2);
  expect(contact.time.now()).toBe(machine.trueMs);
  machine.pass(5_000);
  answered(1_600, 0);
  expect(contact.time.now()).toBe(machine.trueMs);
  // However long the messages took, the clock of the manager was set.
  const before = contact.sample();
  const managerTime = machine.trueMs + 30 * minute;
  machine.pass(1_600);
  contact.heard(
    { type: 'heard', time: before.wallMs, lastSeenAt: managerTime, managerTime, answeredAfterMs: 0 },
    before,
  );
  expect(contact.time.now()).toBe(managerTime + 800);
});

test('a kept contact that does not open is as none', async () => {
  const machine = new Machine();
  const path = join(await temporaryFolder(), 'manager.contact');
  await writeFile(path, randomBytes(200));
  const { lease, log } = await contactOf(machine, path);
  expect(lease.maySign(ring)).toContain('has not heard from a manager yet');
  expect(log.lines).toMatchObject([{ level: 'error' }]);
});
