import type { DispatchState } from '../../src/alerting/machine/index.ts'
import { byWay, type Fire, INTERVAL, nameOf, REPEAT, type Run, WAIT } from './dispatch-schedule.ts'
import type { Attempt } from './dispatch-simulation.ts'

// What is wrong with a run of the machine: nothing, as a list.

/** The part of an attempt that is looked at. */
export interface Tried extends Pick<Attempt, 'at' | 'integration' | 'attempt' | 'taken'> {
  readonly notification: Pick<Attempt['notification'], 'id' | 'status' | 'groupKey' | 'groupLabels'> & {
    readonly reason: string
    readonly alerts: readonly Pick<
      Attempt['notification']['alerts'][number],
      'fingerprint' | 'status' | 'labels' | 'endsAt'
    >[]
  }
}

export type Played = Pick<Run, 'fires' | 'acknowledged'> & {
  readonly simulation: { readonly attempts: readonly Tried[] }
}

type Alerts = Tried['notification']['alerts']

function names(alerts: Alerts): Set<string> {
  return new Set(alerts.map(({ labels }) => nameOf(labels)))
}

function firing({ notification }: Tried): Set<string> {
  return names(notification.alerts.filter(({ status }) => status === 'firing'))
}

/** What the last message that a receiver took says of an alert. */
function lastTaken(way: readonly Tried[], name: string): string {
  const message = way.findLast(({ taken, notification }) => taken && names(notification.alerts).has(name))
  return message?.notification.alerts.find(({ labels }) => nameOf(labels) === name)?.status ?? 'nothing'
}

/** In the end, a receiver knows of all that fires, and of nothing that is over that it fires. */
export function wrongInTheEnd({ simulation, fires, acknowledged }: Played): string[] {
  const wrong: string[] = []
  const isAcknowledged = (group: string): boolean => acknowledged.findLast((one) => one.group === group)?.is ?? false
  for (const way of byWay(simulation.attempts)) {
    for (const name of new Set(way.flatMap((one) => [...names(one.notification.alerts)]))) {
      const last = lastTaken(way, name)
      const fires_ = fires.some((fire) => fire.name === name && fire.to === Infinity)
      // Inhibited to the end, it is known as when the inhibition began.
      if (fires_ && name === 'Y/1') continue
      // What began again is no matter of a higher step while somebody is at it.
      if (fires_ && way[0]?.integration.startsWith('step') && isAcknowledged(name.split('/')[0] ?? '')) continue
      const right = fires_ ? last === 'firing' : last !== 'firing'
      if (!right)
        wrong.push(`${way[0]?.integration}: ${name} ${fires_ ? 'fires' : 'is over'}, and ${last} was told last`)
    }
  }
  return wrong
}

/** What fired over a whole interval, and was not inhibited, was told to its receiver. */
export function pagesMissed({ simulation, fires }: Played): string[] {
  const missed = fires.filter(({ name, from, to }) => {
    if (to - from <= INTERVAL + WAIT || name === 'Y/1') return false
    const integration = name.startsWith('X') ? 'second/webhook[0]' : 'hook/webhook[0]'
    return !simulation.attempts.some(
      (one) =>
        one.taken && one.integration === integration && one.at >= from && names(one.notification.alerts).has(name),
    )
  })
  return missed.map(({ name, from }) => `${name} from ${from}`)
}

/** Ends that were not told soon to who knew of the beginning, whatever was hidden meanwhile. For runs without faults. */
export function endsLate({ simulation, fires }: Played): string[] {
  // A flush, and a place in the bucket.
  const soon = INTERVAL + 20_000
  return byWay(simulation.attempts).flatMap((way) =>
    fires.flatMap(({ name, from, to }) => {
      const knew = way.some((one) => one.at >= from && one.at < to && firing(one).has(name))
      const again = fires.some((fire) => fire.name === name && fire.from >= to && fire.from <= to + soon)
      const told = way.some(
        (one) =>
          one.at >= to && one.at <= to + soon && names(one.notification.alerts).has(name) && !firing(one).has(name),
      )
      return !knew || to === Infinity || again || told ? [] : [`${way[0]?.integration}: ${name} ended at ${to}`]
    }),
  )
}

export function endsWithoutBeginning({ simulation }: Played): string[] {
  return byWay(simulation.attempts).flatMap((way) => {
    const [first] = way
    return first?.notification.status === 'resolved' ? [first.notification.id] : []
  })
}

/** Ids that stand for two messages. */
export function idsShared({ simulation }: Played): string[] {
  const contents = new Map<string, string>()
  return simulation.attempts.flatMap(({ integration, notification }) => {
    const { id, groupKey, status, alerts } = notification
    const told = alerts.map((one) => `${one.fingerprint}${one.status}`).join(' ')
    const content = `${integration} ${groupKey} ${status} ${told}`
    const before = contents.get(id) ?? content
    contents.set(id, content)
    return before === content ? [] : [id]
  })
}

/** Messages that came though all was known, and not as repeats in their time. */
export function doubles({ simulation }: Played): string[] {
  return byWay(simulation.attempts).flatMap((way) =>
    way.flatMap((one, i) => {
      const last = way[i - 1]
      const { reason, id, status, alerts } = one.notification
      // A kill loses answers: then the same message comes again, under its id.
      if (last?.taken !== true || last.notification.id === id || reason === 'escalation' || status === 'resolved')
        return []
      const before = firing(last)
      const ends = new Set(last.notification.alerts.map((each) => `${each.fingerprint} ${each.endsAt}`))
      const isNew =
        [...firing(one)].some((name) => !before.has(name)) ||
        alerts.some((each) => each.endsAt !== undefined && !ends.has(`${each.fingerprint} ${each.endsAt}`))
      const isRepeat = reason === 'repeat' && one.at - last.at >= REPEAT
      return isNew || isRepeat ? [] : [`${id} at ${one.at}: ${reason}`]
    }),
  )
}

/** Steps and repeats while somebody is at it. */
export function disturbances(run: Played): string[] {
  const { simulation, acknowledged, fires } = run
  return simulation.attempts.flatMap(({ at, notification: { reason, groupLabels, id }, attempt }) => {
    const group = groupLabels.get('alertname')
    const last = acknowledged.findLast((one) => one.group === group && one.at < at)
    // It ends when a flush sees that nothing fires any more.
    const holds =
      last?.is === true && fires.some(({ name, from, to }) => name.startsWith(group) && from <= last.at && to > at)
    return holds && attempt === 1 && (reason === 'escalation' || reason === 'repeat')
      ? [`${id}: ${reason} at ${at}`]
      : []
  })
}

/** Watches the levels of escalation: they fall only when all is over, and stand still while somebody is at it. */
export class LevelWatch {
  readonly wrong: string[] = []
  readonly #levels = new Map<string, number>()

  look(state: DispatchState, now: number, fires: readonly Fire[]): void {
    for (const { key, escalation, acknowledgement } of state.logs.values()) {
      const before = this.#levels.get(key)
      if (escalation === undefined) {
        const group = key.includes('{alertname="X"}') ? 'X' : 'Y'
        const over = fires.every(({ name, from, to }) => !name.startsWith(group) || to <= now || from >= now)
        if (before !== undefined && !over) this.wrong.push(`${key} at ${now}: back to none while it fires`)
        this.#levels.delete(key)
        continue
      }
      const { taken } = escalation
      if (taken < (before ?? 0)) this.wrong.push(`${key} at ${now}: from ${before} to ${taken}`)
      if (acknowledgement !== undefined && taken > (before ?? 0))
        this.wrong.push(`${key} at ${now}: ${taken}, though acknowledged`)
      this.#levels.set(key, taken)
    }
  }
}
