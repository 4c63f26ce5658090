import type { JSX } from 'preact'
import { formatNumber } from '../../format/number.ts'
import type { Axis } from './axis.ts'
import { formatMs } from './duration.ts'
import { resolutionOf, within } from './lanes.ts'
import type { LanesState } from './use-trace.ts'

interface LanesViewProps {
  readonly state: LanesState
  readonly axis: Axis
}

/** What the process was doing meanwhile, beneath the spans and on their axis. */
export function LanesView({ state, axis }: LanesViewProps): JSX.Element | null {
  if (state.isFirst) return null
  const [from, to] = [axis.startMs, axis.startMs + axis.lengthMs]
  const resolution = resolutionOf(state.lanes)
  return (
    <section class="lanes" aria-label="What the process was doing meanwhile">
      {state.lanes.map(({ title, unit, description, full, segments }) => {
        const shown = within(segments, from, to)
        const most = shown.length === 0 ? undefined : Math.max(...shown.map(({ value }) => value))
        return (
          <div key={title} class="lane">
            <span class="wf-name" title={description}>
              <span class="wf-title">{title}</span>
              <span class="lane-value">{most === undefined ? 'not measured' : formatNumber(most, unit)}</span>
            </span>
            <span class="wf-track">
              {shown.map(({ fromMs, toMs, value }) => (
                <span
                  key={fromMs}
                  class="lane-part"
                  title={`${title}: ${formatNumber(value, unit)}`}
                  style={{
                    left: `${axis.at(fromMs)}%`,
                    width: `${axis.at(toMs) - axis.at(fromMs)}%`,
                    height: `${Math.max(4, (value / full) * 100)}%`,
                  }}
                />
              ))}
            </span>
          </div>
        )
      })}
      <p class="note">
        {resolution === undefined
          ? 'There are no measurements from that time.'
          : `Of this service's process, the greatest in the trace's time. One value every ${formatMs(resolution)}, each for the time since the one before it${
              resolution > axis.lengthMs ? `: coarser than the trace, which took ${formatMs(axis.lengthMs)}` : ''
            }.`}
      </p>
    </section>
  )
}
