import type { JSX } from 'preact'
import { useJson } from '../../data/use-answer.ts'
import { formatNumber } from '../../format/number.ts'
import { Age } from '../../parts/age.tsx'
import { Badge, Failure, type Tone } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import type { BreakersAnswer } from './answers.ts'

type Breaker = BreakersAnswer['circuit_breakers'][number]

const TONES: Readonly<Record<string, Tone>> = {
  closed: 'good',
  'half-open': 'warning',
  open: 'critical',
  isolated: 'warning',
}
const COLUMNS: readonly Column<Breaker>[] = [
  { name: 'Name', cell: ({ name }) => name, by: ({ name }) => name },
  {
    name: 'State',
    cell: ({ state }) => <Badge tone={TONES[state] ?? 'neutral'}>{state}</Badge>,
    by: ({ state }) => state,
  },
  { name: 'Since', cell: ({ changed_at }) => (changed_at === null ? 'the start' : <Age at={changed_at} />) },
  {
    name: 'Opened',
    cell: ({ opened_total }) => formatNumber(opened_total),
    by: ({ opened_total }) => opened_total,
    isNumber: true,
  },
  { name: 'Breakers', cell: ({ breakers }) => breakers, by: ({ breakers }) => breakers, isNumber: true },
  { name: 'Of', cell: ({ library }) => (library === 'own' ? 'the application' : library) },
]

export function Breakers(): JSX.Element {
  const { value, error } = useJson<BreakersAnswer>('diagnostics/circuit-breakers', { topic: 'health' }).state.value
  return (
    <section class="row" aria-label="Circuit breakers">
      <h2>Circuit breakers</h2>
      {error !== undefined && <Failure>{error}</Failure>}
      {value !== undefined && (
        <div class="card">
          <Table
            label="States of circuit breakers"
            columns={COLUMNS}
            rows={value.circuit_breakers}
            keyOf={({ name }) => name}
            empty="None. Those of opossum and cockatiel are found by themselves; boxman.instrument.breaker tells of any other."
          />
        </div>
      )}
    </section>
  )
}
