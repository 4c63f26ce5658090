import type { Schedule, TimeInterval } from '../dispatch-types.ts'
import type { ReadEscalation } from './extensions.ts'
import { nearest } from './nearest.ts'
import type { ReadReceiver } from './receivers.ts'
import type { ReadRoute } from './routes.ts'
import type { Section } from './section.ts'

export interface Referring {
  readonly routes: readonly ReadRoute[]
  readonly receivers: readonly ReadReceiver[]
  readonly timeIntervals: readonly TimeInterval[]
  readonly escalations: readonly ReadEscalation[]
  readonly schedules: readonly Schedule[]
}

/** Whatever is named must be there. */
export function checkReferences({ routes, receivers, timeIntervals, escalations, schedules }: Referring): void {
  const receiverNames = receivers.map(({ receiver }) => receiver.name)
  const intervalNames = timeIntervals.map(({ name }) => name)
  const policyNames = escalations.map(({ policy }) => policy.name)
  for (const { route, section, states } of routes) {
    if (states.receiver) known(section, 'receiver', route.receiver, receiverNames, 'receiver', 'used in route')
    for (const key of ['mute_time_intervals', 'active_time_intervals'] as const) {
      const names = key === 'mute_time_intervals' ? route.muteTimeIntervals : route.activeTimeIntervals
      for (const name of names) known(section, key, name, intervalNames, 'time interval', 'used in route')
    }
    if (states.escalation && route.escalation !== undefined) {
      const ours = section.section('boxman', ['escalation'])
      known(ours, 'escalation', route.escalation, policyNames, 'escalation policy', 'used in route')
    }
  }
  for (const { policy, section } of escalations) {
    section.sections('steps', ['after', 'receiver']).forEach((step, i) => {
      const name = policy.steps[i]?.receiver ?? ''
      if (name !== '') known(step, 'receiver', name, receiverNames, 'receiver', 'used in escalation policy')
    })
  }
  const scheduleNames = schedules.map(({ name }) => name)
  for (const { receiver, section, fallbacks } of receivers) {
    if (receiver.schedule !== undefined) {
      known(section, 'boxman', receiver.schedule, scheduleNames, 'schedule', 'used in receiver')
    }
    for (const { to, section: at } of fallbacks)
      known(at, 'fallback', to, receiverNames, 'receiver', 'used as fallback')
  }
  checkFallbackCycles(receivers)
}

function known(
  section: Section,
  key: string,
  name: string,
  names: readonly string[],
  what: string,
  where: string,
): void {
  if (names.includes(name)) return
  const near = nearest(name, names)
  const there = names.length === 0 ? 'there is none' : `there are ${names.join(', ')}`
  section.fault(
    `undefined ${what} ${JSON.stringify(name)} ${where}; ${near === undefined ? there : `did you mean ${JSON.stringify(near)}?`}`,
    key,
  )
}

/** A receiver whose fallback comes back to itself would tell it in circles. */
function checkFallbackCycles(receivers: readonly ReadReceiver[]): void {
  const after = new Map(receivers.map(({ receiver, fallbacks }) => [receiver.name, fallbacks.map(({ to }) => to)]))
  for (const { receiver, fallbacks } of receivers) {
    const reached = new Set<string>()
    const open = [...(after.get(receiver.name) ?? [])]
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (reached.has(name)) continue
      reached.add(name)
      open.push(...(after.get(name) ?? []))
    }
    if (reached.has(receiver.name)) {
      fallbacks[0]?.section.fault(`the fallbacks of ${JSON.stringify(receiver.name)} lead back to it`, 'fallback')
    }
  }
}
