import { LabelSet } from '../../src/series/index.ts'
import type { Outcome } from '../../src/alerting/dispatch-types.ts'
import type { DispatchConfig } from '../../src/alerting/machine/index.ts'
import { type AlertingSpec, dispatchConfig } from './alerting-config.ts'
import { OK, type Reply, Simulation } from './dispatch-simulation.ts'

// Times in seconds.

export const SPEC: AlertingSpec = { route: { groupBy: ['alertname'], wait: 1, interval: 5, repeat: 3600 } }

export interface Given {
  readonly spec?: AlertingSpec
  readonly extras?: Parameters<typeof dispatchConfig>[1]
  readonly reply?: (receiver: string, at: number) => Outcome | undefined
  readonly config?: DispatchConfig
}

export function start({
  spec = SPEC,
  extras = {},
  reply,
  config = dispatchConfig(spec, extras),
}: Given = {}): Simulation {
  return new Simulation({
    config,
    reply: ({ at, notification: { receiver } }): Reply => {
      const outcome = reply?.(receiver, at / 1000)
      return outcome === undefined ? OK : { outcome, taken: outcome.kind === 'delivered', afterMs: 1 }
    },
  })
}

export function post(simulation: Simulation, at: number, alertname: string, ends?: number, startsAt = at): void {
  simulation.run(at * 1000)
  const times = { startsAt: startsAt * 1000, endsAt: ends === undefined ? 1e9 : ends * 1000 }
  const alert = { labels: LabelSet.of({ alertname, n: '1' }), annotations: LabelSet.EMPTY, ...times }
  simulation.send({ kind: 'alerts', alerts: [alert] })
}

/** `2 hook first A`: every attempt. */
export function told({ attempts }: Simulation): string[] {
  return attempts.map(({ at, notification: { receiver, reason, alerts, escalationLevel } }) => {
    const level = escalationLevel === undefined ? '' : ` ${escalationLevel}`
    const shown = alerts.map(({ labels, status }) => `${status === 'firing' ? '' : '-'}${labels.get('alertname')}`)
    return `${Math.round(at / 100) / 10} ${receiver} ${reason}${level} ${shown.join(' ')}`
  })
}

export function verdicts({ decisions }: Simulation): string[] {
  return decisions.map(
    ({ at, receiver, verdict, reason }) => `${Math.round(at / 100) / 10} ${receiver} ${verdict}: ${reason}`,
  )
}
