import type { JSX } from 'preact'
import { facts } from '../../data/facts.ts'
import { useJson } from '../../data/use-answer.ts'
import { Age } from '../../parts/age.tsx'
import { Card } from '../../parts/card.tsx'
import { FactList } from '../../parts/fact-list.tsx'
import { Failure, Loading } from '../../parts/states.tsx'
import type { StatusAnswer } from './answers.ts'

const PARTS: Readonly<Record<string, string>> = {
  store: 'history',
  traces: 'traces',
  logs: 'log tail',
  alerting: 'alerting',
  diagnostics: 'diagnostics',
}

/** What runs, and which of its parts are on. */
export function Versions(): JSX.Element {
  const { value, error } = useJson<StatusAnswer>('status', { topic: 'health', everyMs: 30_000 }).state.value
  const parts = Object.entries(facts.value?.parts ?? {})
  const named = (isOn: boolean): string =>
    parts
      .filter(([, on]) => on === isOn)
      .map(([id]) => PARTS[id] ?? id)
      .join(', ')
  return (
    <Card title="What runs">
      {error !== undefined && <Failure>{error}</Failure>}
      {value === undefined ? (
        error === undefined && <Loading />
      ) : (
        <FactList
          facts={[
            ['Service', value.service],
            ['Version', value.version],
            ['Environment', value.environment],
            ['Status', value.status],
            ['Started', <Age key="started" at={value.started_at} />],
            ['Boxman', value.boxman],
            ['Node', value.node],
            ['On', named(true)],
            ['Off', named(false) === '' ? null : named(false)],
          ]}
        />
      )}
    </Card>
  )
}
