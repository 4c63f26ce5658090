import { formatDuration } from '../../series/index.ts'
import type { Route, TimeInterval } from '../dispatch-types.ts'
import { printMatchers } from '../route/matchers.ts'
import type { ReadReceiver } from './receivers.ts'
import { allRoutes, type ReadRoute } from './routes.ts'
import type { Section } from './section.ts'

/** What is allowed, and probably not meant. */
export function warnOf(
  root: ReadRoute,
  receivers: readonly ReadReceiver[],
  timeIntervals: readonly TimeInterval[],
  top: Section,
): void {
  const routes = [...allRoutes(root)]
  for (const { route, section } of routes) {
    warnOfTimes(route, section)
    if (section.has('match') || section.has('match_re')) {
      section.warn('match and match_re are deprecated; write matchers', section.has('match') ? 'match' : 'match_re')
    }
  }
  for (const { children } of routes) warnOfUnreached(children)
  const used = new Set(routes.map(({ route }) => route.receiver))
  for (const { receiver, section, fallbacks } of receivers) {
    for (const { to } of fallbacks) used.add(to)
    if (receiver.integrations.length === 0 && used.has(receiver.name)) {
      section.warn(
        `receiver ${JSON.stringify(receiver.name)} has no integrations: what is routed to it is told to nobody`,
      )
    }
  }
  const named = new Set(routes.flatMap(({ route }) => [...route.muteTimeIntervals, ...route.activeTimeIntervals]))
  for (const { name } of timeIntervals) {
    if (!named.has(name)) top.warn(`time interval ${JSON.stringify(name)} is used by no route`, 'time_intervals')
  }
}

function warnOfTimes({ groupIntervalMs, repeatIntervalMs, groupWaitMs }: Route, section: Section): void {
  // What is inherited is told of where it is stated.
  if (!['group_wait', 'group_interval', 'repeat_interval'].some((key) => section.has(key))) return
  const [wait, interval, repeat] = [groupWaitMs, groupIntervalMs, repeatIntervalMs].map((ms) => formatDuration(ms))
  if (repeatIntervalMs % groupIntervalMs !== 0 && repeatIntervalMs > 1) {
    const next = formatDuration(Math.ceil(repeatIntervalMs / groupIntervalMs) * groupIntervalMs)
    section.warn(
      `${section.named('repeat_interval')} ${repeat} is no multiple of ${section.named('group_interval')} ${interval}: it is repeated every ${next}`,
      section.has('repeat_interval') ? 'repeat_interval' : 'group_interval',
    )
  }
  if (groupWaitMs > groupIntervalMs) {
    section.warn(
      `${section.named('group_wait')} ${wait} is longer than ${section.named('group_interval')} ${interval}: the first word comes later than news would`,
      section.has('group_wait') ? 'group_wait' : 'group_interval',
    )
  }
}

/** A route after one that takes the same or everything, and does not continue, is never asked. */
function warnOfUnreached(siblings: readonly ReadRoute[]): void {
  siblings.forEach(({ route, section }, i) => {
    const own = new Set(route.matchers.map(String))
    const before = siblings
      .slice(0, i)
      .find((each) => !each.route.continue && each.route.matchers.every((matcher) => own.has(String(matcher))))
    if (before !== undefined) {
      section.warn(
        `never reached: ${printMatchers(before.route.matchers)} before it takes all that it would, and does not continue`,
      )
    }
  })
}
