import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { DashboardVariable } from 'boxman/packs'
import type { JSX } from 'preact'
import { labelValues } from '../data/prometheus.ts'

interface VariablePickerProps {
  readonly variable: DashboardVariable
  readonly chosen: readonly string[]
  readonly onChoose: (chosen: readonly string[]) => void
}

/** One value of a label, or all. */
export function VariablePicker({ variable, chosen, onChoose }: VariablePickerProps): JSX.Element {
  const values = useSignal<readonly string[]>([])
  useEffect(() => {
    const abort = new AbortController()
    labelValues(variable.label, variable.metric, abort.signal).then(
      (found) => {
        values.value = found
      },
      () => undefined,
    )
    return () => abort.abort()
  }, [variable.metric, variable.label])
  const [current = ''] = chosen
  // What the address names stays on offer, whether it is still there or not.
  const offered = current !== '' && !values.value.includes(current) ? [current, ...values.value] : values.value
  return (
    <label class="field">
      {variable.title}
      <select
        value={current}
        onChange={({ currentTarget }) => onChoose(currentTarget.value === '' ? [] : [currentTarget.value])}
      >
        <option value="">All</option>
        {offered.map((value) => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </select>
    </label>
  )
}
