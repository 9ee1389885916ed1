import { expect, test } from 'vitest';
import { createSignInLimiter, type SignInLimiter } from '../../src/access/sign-in-limiter.ts';

function limiterAt(start: number, keysLimit?: number) {
  const time = { ms: start };
  const clock = () => new Date(time.ms);
  return { time, limiter: createSignInLimiter(keysLimit === undefined ? { clock } : { clock, keysLimit }) };
}

function failTimes(
  limiter: SignInLimiter,
  times: number,
  who: (index: number) => { username: string; address: string },
) {
  for (let index = 0; index < times; index++) limiter.begin(who(index));
}

test('the eleventh wrong password of a user in a minute is rejected, from any address', () => {
  const { limiter } = limiterAt(0);
  failTimes(limiter, 10, (index) => ({ username: 'ada', address: `192.0.2.${index}` }));
  expect(() => limiter.begin({ username: 'ada', address: '198.51.100.1' })).toThrow(
    /^Too many wrong passwords/,
  );
  expect(() => limiter.begin({ username: 'bob', address: '198.51.100.1' })).not.toThrow();
});

test('an address has 100 wrong passwords a minute, for all users together', () => {
  const { limiter } = limiterAt(0);
  failTimes(limiter, 99, (index) => ({ username: `user${index}`, address: '192.0.2.1' }));
  expect(() => limiter.check({ username: 'other', address: '192.0.2.1' })).not.toThrow();
  failTimes(limiter, 1, (index) => ({ username: `last${index}`, address: '192.0.2.1' }));
  expect(() => limiter.check({ username: 'other', address: '192.0.2.1' })).toThrow(
    /^Too many wrong passwords/,
  );
  expect(() => limiter.check({ username: 'other', address: '::ffff:192.0.2.1' })).toThrow(
    /^Too many wrong passwords/,
  );
  expect(() => limiter.check({ username: 'user1', address: '192.0.2.2' })).not.toThrow();
});

test('addresses of one IPv6 /64 count as one', () => {
  const { limiter } = limiterAt(0);
  failTimes(limiter, 100, (index) => ({ username: `user${index}`, address: `2001:db8:1:2::${index}` }));
  expect(() => limiter.check({ username: 'x', address: '2001:db8:1:2:ffff::9' })).toThrow();
  expect(() => limiter.check({ username: 'x', address: '2001:db8:1:3::1' })).not.toThrow();
});

test('a rejected attempt gets a retry time, after which it is accepted', () => {
  const { limiter, time } = limiterAt(0);
  const who = { username: 'ada', address: '192.0.2.1' };
  failTimes(limiter, 10, () => who);
  time.ms = 20_500;
  expect(() => limiter.begin(who)).toThrow(
    expect.objectContaining({ code: 'rate_limit_exceeded', retryAfterSeconds: 40 }),
  );
  time.ms = 60_000;
  expect(() => limiter.begin(who)).not.toThrow();
});

test('a clock that is set back blocks no user for longer than a minute', () => {
  const { limiter, time } = limiterAt(3_600_000);
  const who = { username: 'ada', address: '192.0.2.1' };
  failTimes(limiter, 10, () => who);
  time.ms = 0;
  expect(() => limiter.begin(who)).not.toThrow();
});

test('the minute is a sliding window: no window has eleven attempts', () => {
  const { limiter, time } = limiterAt(0);
  const who = { username: 'ada', address: '192.0.2.1' };
  failTimes(limiter, 5, () => who);
  time.ms = 59_000;
  failTimes(limiter, 5, () => who);
  time.ms = 61_000;
  failTimes(limiter, 5, () => who);
  expect(() => limiter.begin(who)).toThrow(expect.objectContaining({ retryAfterSeconds: 58 }));
});

test('right passwords do not count', () => {
  const { limiter } = limiterAt(0);
  const who = { username: 'ada', address: '192.0.2.1' };
  for (let index = 0; index < 100; index++) limiter.begin(who).forgive();
  expect(() => limiter.begin(who)).not.toThrow();
});

test('the limiter remembers a bounded number of names and forgets the least recently used first', () => {
  const { limiter } = limiterAt(0, 2);
  failTimes(limiter, 10, () => ({ username: 'ada', address: '192.0.2.1' }));
  limiter.begin({ username: 'bob', address: '192.0.2.2' });
  expect(() => limiter.check({ username: 'ada', address: '192.0.2.9' })).toThrow();
  limiter.begin({ username: 'cyd', address: '192.0.2.3' });
  expect(() => limiter.check({ username: 'ada', address: '192.0.2.9' })).not.toThrow();
});

test('a name that is guessed again counts as used last, so that another one is forgotten', () => {
  const { limiter } = limiterAt(0, 2);
  failTimes(limiter, 9, () => ({ username: 'ada', address: '192.0.2.1' }));
  limiter.begin({ username: 'bob', address: '192.0.2.2' });
  limiter.begin({ username: 'ada', address: '192.0.2.1' });
  limiter.begin({ username: 'cyd', address: '192.0.2.3' });
  expect(() => limiter.check({ username: 'ada', address: '192.0.2.9' })).toThrow(/^Too many wrong passwords/);
});
