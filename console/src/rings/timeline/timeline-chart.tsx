import { Text } from '@mantine/core';
import { utcText } from '../../display/instants.ts';
import type { MemberState, Transition } from '../ring-types.ts';
import { memberStatuses } from '../ring-words.ts';
import { type Axis, axisOf, marksOf, positionOf, spansOf } from './axis.ts';
import { type Bar, barsOf, shownBars } from './bars.ts';
import './timeline.css';

/** One bar for each key on a time axis. The same is written in words for each of them. */
export function TimelineChart({
  ringName,
  transitions,
  now,
}: {
  readonly ringName: string;
  readonly transitions: readonly Transition[];
  readonly now: number;
}) {
  const { bars, leftOut } = shownBars(barsOf(transitions));
  const axis = axisOf(bars, now);
  const states = [...new Set(bars.flatMap(({ phases }) => phases.map(({ state }) => state)))];
  return (
    <figure className="timeline" aria-label={`Timeline of ${ringName}`}>
      <div className="timeline-plot">
        <Axes axis={axis} now={now} />
        <ol className="timeline-bars">
          {bars.map((bar) => (
            <BarRow key={bar.version} bar={bar} axis={axis} now={now} />
          ))}
        </ol>
      </div>
      <figcaption>
        <Swatches states={states} />
        <Text size="xs" c="dimmed" component="p" m={0} mt={4}>
          {utcText(iso(axis.from))} to {utcText(iso(axis.until))}. Right of the line is planned.
          {leftOut > 0 && ` Left out: ${leftOut === 1 ? '1 earlier key' : `${leftOut} earlier keys`}.`}
        </Text>
      </figcaption>
    </figure>
  );
}

function Axes({ axis, now }: { readonly axis: Axis; readonly now: number }) {
  const nowAt = positionOf(axis, now);
  return (
    <div className="timeline-axis" aria-hidden="true">
      {marksOf(axis).map(({ time, label }) => {
        const at = positionOf(axis, time);
        return (
          <span key={time} className="timeline-mark" style={{ left: `${at}%` }}>
            {at < labelUntil && <span>{label}</span>}
          </span>
        );
      })}
      <span className="timeline-future" style={{ left: `${nowAt}%` }} />
      <span className="timeline-now" data-late={nowAt > lateAt || undefined} style={{ left: `${nowAt}%` }}>
        <span>now</span>
      </span>
    </div>
  );
}

/** Percent of the axis up to which a date has room on the right of its line; beyond, the line has none. */
const labelUntil = 84;
/** Percent of the axis from which "now" stands on the left of its line. */
const lateAt = 75;

function BarRow({ bar, axis, now }: { readonly bar: Bar; readonly axis: Axis; readonly now: number }) {
  return (
    <li className="timeline-row">
      <span className="timeline-name" title={bar.kid === null ? undefined : `kid ${bar.kid}`}>
        Key {bar.version}{' '}
        <Text span c="dimmed" fz="xs" className={bar.kid === null ? undefined : 'mono'}>
          {bar.kid ?? 'planned'}
        </Text>
      </span>
      <span className="visually-hidden">: {barText(bar)}</span>
      <div className="timeline-track" aria-hidden="true">
        {spansOf(axis, bar).map(({ state, from, until, left, width, planned }) => (
          <span
            key={`${state} ${from}`}
            className="timeline-span"
            data-state={state}
            data-planned={planned || from > now || undefined}
            title={phaseText({ state, from, until })}
            style={{ left: `${left}%`, width: `${width}%` }}
          />
        ))}
      </div>
    </li>
  );
}

function Swatches({ states }: { readonly states: readonly MemberState[] }) {
  const order = Object.keys(memberStatuses) as MemberState[];
  return (
    <ul className="timeline-legend" aria-label="Colors and patterns">
      {order
        .filter((state) => states.includes(state))
        .map((state) => (
          <li key={state} title={memberStatuses[state].meaning}>
            <span className="timeline-span" data-state={state} aria-hidden="true" />
            {memberStatuses[state].word}
          </li>
        ))}
    </ul>
  );
}

/** `active from 2026-11-29 12:00 UTC to 2027-02-27 12:00 UTC; planned: retiring …` */
function barText({ phases }: Bar): string {
  const lasting = phases.filter(({ from, until }) => until === null || until > from);
  return lasting.map((phase) => `${phase.planned ? 'planned: ' : ''}${phaseText(phase)}`).join('; ');
}

function phaseText({
  state,
  from,
  until,
}: {
  readonly state: MemberState;
  readonly from: number;
  readonly until: number | null;
}): string {
  const end = until === null ? '' : ` to ${utcText(iso(until))}`;
  return `${memberStatuses[state].word} from ${utcText(iso(from))}${end}`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
