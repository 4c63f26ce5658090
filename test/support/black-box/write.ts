import type { RouteSpec } from '../alerting-config.ts'
import { alert, type Expected, type ScenarioAlert } from '../alerting-scenarios.ts'
import type { Play, Step } from '../black-box.ts'

export interface BlackBoxScenario extends Play {
  readonly name: string
  /** Where this is otherwise than a real Alertmanager, what each tells. */
  readonly boxman?: readonly Expected[]
  readonly alertmanager?: readonly Expected[]
  /** What a later one tells that tells something else, or that it differs by chance; `boxman` is as the one of 0.25. */
  readonly later?: readonly Expected[] | 'differs'
  /** How far apart the two may be, s. */
  readonly spread?: number
}

export const once: RouteSpec = { groupBy: ['alertname'], wait: 1, interval: 1, repeat: 3600 }

/** `A team=a zone=1`, with its times and its note. */
export function fires(text: string, rest: Omit<ScenarioAlert, 'labels'> = { start: 1 }): ScenarioAlert {
  const [name = '', ...labels] = text.split(' ')
  return alert(name, {
    ...rest,
    labels: Object.fromEntries(labels.map((each) => [...each.split('='), ''].slice(0, 2))),
  })
}

export function over(text: string, end: number, start = 1): ScenarioAlert {
  return fires(text, { start, end })
}

/** At a moment these are posted. */
export function post(at: number, ...alerts: readonly (ScenarioAlert | string)[]): Step {
  return { at, post: alerts.map((each) => (typeof each === 'string' ? fires(each) : each)) }
}

/** At a moment the answers to these are looked at. */
export function ask(at: number, ...paths: readonly string[]): Step[] {
  return paths.map((path) => ({ at, ask: `/api/v2${path}` }))
}
