import { byWay, nameOf } from './dispatch-schedule.ts'
import type { HouseRun } from './fault-house.ts'
import { REPEAT } from './fault-schedule.ts'
import { type Attempt, behaviourOf, type TakenAlert } from './faulty-receiver.ts'

// What is wrong with a run of a house: nothing, as a list.

/** What fires so long while a process is there is told, whatever receivers do: they hold it up no longer. */
const OWED_MS = 45_000

const namesOf = ({ notification }: Attempt): string[] => notification.alerts.map(({ labels }) => nameOf(labels))

/** Alerts that fired for long, and alerts that somebody was to be told of, which nobody was told of. */
export function pagesLost(run: Pick<HouseRun, 'simulation' | 'fires' | 'ups'>): string[] {
  const {
    simulation: { attempts },
    fires,
    ups,
  } = run
  const lost = fires.filter(({ name, from, to }) => {
    const isOwed = ups.some((up) => Math.min(up.to, to) - Math.max(up.from, from) > OWED_MS)
    if (!isOwed || name === 'Y/1') return false
    const where = name.startsWith('X') ? 'second' : 'hook'
    const told = attempts.filter((one) => one.taken && one.integration === where && namesOf(one).includes(name))
    // Over and back between two flushes, it is known to fire.
    const last = told.findLast((one) => one.at < from)
    return !told.some((one) => one.at >= from) && (last === undefined || !saysFiring(last, name))
  })
  const begun = byWay(attempts).flatMap((way) =>
    [...new Set(way.flatMap(namesOf))].filter((name) => {
      const of = way.filter((one) => namesOf(one).includes(name))
      // Inhibited to the end, it is told when it is over.
      if (name === 'Y/1' && fires.some((fire) => fire.name === name && fire.to === Infinity)) return false
      // What a receiver refuses is not sent again when it is over by the time of the next flush.
      return of.every(({ taken, fault }) => !taken && !isRefusal(fault))
    }),
  )
  return [...lost.map(({ name, from }) => `${name} from ${from}`), ...begun.map((name) => `${name}: never taken`)]
}

function saysFiring({ notification }: Attempt, name: string): boolean {
  return notification.alerts.some(({ labels, status }) => status === 'firing' && nameOf(labels) === name)
}

function isRefusal(fault: Attempt['fault']): boolean {
  const { status } = behaviourOf(fault)
  return typeof status === 'number' && status >= 400 && status < 429
}

/**
 * Messages that told somebody what they had been told. A message comes again under its id, when whether it was taken could not be
 * known: the answer was lost or late, or the process ended before it had written it down. Else each has news since the last one that
 * is known to be taken, and says something else than the last one, or is a repeat in time.
 */
export function doubled({ simulation: { attempts } }: Pick<HouseRun, 'simulation'>): string[] {
  return byWay(attempts).flatMap((way) => {
    const taken = way.filter((one) => one.taken)
    return taken.flatMap((one, i) => {
      const { id, reason } = one.notification
      const earlier = taken.slice(0, i)
      const before = earlier.findLast((each) => each.notification.id === id)
      const what = `${one.integration} ${id} at ${one.at}, ${reason}`
      if (before !== undefined) return before.isKnown ? [`${what}: its answer was known`] : []
      const last = earlier.at(-1)
      if (last === undefined || reason === 'escalation') return []
      if (reason === 'repeat' && one.at - last.at >= REPEAT) return []
      const known = earlier.findLast((each) => each.isKnown)
      const isNew = (known === undefined || isNews(one, known)) && !saysTheSame(one, last)
      return isNew ? [] : [`${what}: nothing new since ${(known ?? last).at}`]
    })
  })
}

function saysTheSame({ notification }: Attempt, { notification: last }: Attempt): boolean {
  return notification.alerts.map(occurrence).toSorted().join() === last.alerts.map(occurrence).toSorted().join()
}

/** Another alert, another occurrence of one, or an end; or nothing of what it shows fires any more, for the rest is silenced. */
function isNews({ notification }: Attempt, { notification: last }: Attempt): boolean {
  if (notification.status !== last.status) return true
  const before = new Set(last.alerts.map(occurrence))
  return notification.alerts.some((alert) => !before.has(occurrence(alert)))
}

function occurrence({ fingerprint, startsAt, endsAt }: TakenAlert): string {
  return `${fingerprint} ${startsAt} ${endsAt}`
}
