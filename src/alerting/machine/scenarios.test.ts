import { describe, expect, it } from 'vitest'
import { byReceiver, SCENARIOS } from '../../../test/support/alerting-scenarios.ts'
import { countedPlay } from '../../../test/support/counted-play.ts'

describe('scenarios', () => {
  const cases = SCENARIOS.flatMap((scenario) => [
    { name: scenario.name, scenario, wanted: { list: scenario.expected, compat: false } },
    {
      name: `${scenario.name}, as Alertmanager`,
      scenario,
      wanted: { list: scenario.alertmanager ?? scenario.expected, compat: true },
    },
  ])
  it.each(cases)('$name', ({ scenario, wanted }) => {
    const got = byReceiver(countedPlay(scenario, wanted))
    const list = byReceiver(wanted.list)
    expect(got.map(({ receiver, alerts }) => `${receiver}: ${alerts}`)).toEqual(
      list.map(({ receiver, alerts }) => `${receiver}: ${alerts}`),
    )
    for (const [i, { at, to = at + 0.01 }] of list.entries()) {
      expect(got[i]?.at).toBeGreaterThanOrEqual(at)
      expect(got[i]?.at).toBeLessThanOrEqual(to)
    }
  })
})
