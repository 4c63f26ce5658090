import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import type { ReadonlySignal } from '@preact/signals'
import { go, setParams } from '../../state/place.ts'
import { attributesIn, durationMs, operationsOf, traceIdIn, type TraceFilter } from './ask-traces.ts'

interface SearchFormProps {
  readonly filter: ReadonlySignal<TraceFilter>
  readonly services: readonly string[]
}

const STATUSES: readonly (readonly [value: string, name: string])[] = [
  ['', 'Any'],
  ['error', 'With errors'],
  ['ok', 'Without errors'],
]
export const SORTS: readonly (readonly [value: string, name: string])[] = [
  ['', 'Newest first'],
  ['oldest', 'Oldest first'],
  ['longest', 'Longest first'],
  ['shortest', 'Shortest first'],
  ['spans', 'Most spans'],
  ['errors', 'Most errors'],
]

/** Of what is looked for; every change is in the address at once. */
export function SearchForm({ filter, services }: SearchFormProps): JSX.Element {
  const { service, operation, status, min, max, attributes, text, sort } = filter.value
  const operations = useSignal<readonly string[]>([])
  useSignalEffect(() => {
    const of = filter.value.service
    operations.value = []
    if (of === '') return
    operationsOf(of).then(
      (found) => {
        operations.value = found
      },
      () => undefined,
    )
  })
  const onText = (typed: string): void => {
    const id = traceIdIn(typed)
    if (id === undefined) setParams({ text: typed })
    else go(`traces/${id}`)
  }
  const badAttributes = attributes.trim() !== '' && attributesIn(attributes).length === 0
  const known = service === '' || services.includes(service) ? services : [service, ...services]
  return (
    <form class="filters" role="search" aria-label="Traces" onSubmit={(event) => event.preventDefault()}>
      <Choice
        label="Service"
        name="service"
        value={service}
        options={[['', 'All'], ...known.map((each) => [each, each] as const)]}
      />
      <label class="filter filter-wide">
        Operation or route
        <input
          type="text"
          list="trace-operations"
          value={operation}
          placeholder="GET /cart"
          autocomplete="off"
          onChange={({ currentTarget }) => setParams({ operation: currentTarget.value.trim() })}
        />
        <datalist id="trace-operations">
          {operations.value.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      <Choice label="Status" name="status" value={status} options={STATUSES} />
      <Duration label="At least" name="min" value={min} placeholder="200ms" />
      <Duration label="At most" name="max" value={max} placeholder="2s" />
      <label class="filter">
        Attributes
        <input
          type="text"
          value={attributes}
          placeholder="user.tier=gold"
          autocomplete="off"
          aria-invalid={badAttributes}
          title={badAttributes ? 'key=value, several with blanks between them' : undefined}
          onChange={({ currentTarget }) => setParams({ attributes: currentTarget.value.trim() })}
        />
      </label>
      <label class="filter filter-wide">
        Text or trace id
        <input
          type="search"
          value={text}
          placeholder="anywhere in a trace"
          autocomplete="off"
          onInput={({ currentTarget }) => onText(currentTarget.value)}
        />
      </label>
      <Choice label="Order" name="sort" value={sort} options={SORTS} />
      {[service, operation, status, min, max, attributes, text].some((each) => each !== '') && (
        <button
          type="button"
          class="filter-clear"
          onClick={() =>
            setParams(
              Object.fromEntries(
                ['service', 'operation', 'status', 'min', 'max', 'attributes', 'text'].map((name) => [name, undefined]),
              ),
            )
          }
        >
          Clear
        </button>
      )}
    </form>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly name: string
  readonly value: string
  readonly options: readonly (readonly [value: string, name: string])[]
}

function Choice({ label, name, value, options }: ChoiceProps): JSX.Element {
  return (
    <label class="filter">
      {label}
      <select value={value} onChange={({ currentTarget }) => setParams({ [name]: currentTarget.value })}>
        {options.map(([each, title]) => (
          <option key={each} value={each} selected={each === value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
}

interface DurationProps {
  readonly label: string
  readonly name: string
  readonly value: string
  readonly placeholder: string
}

function Duration({ label, name, value, placeholder }: DurationProps): JSX.Element {
  const isBad = value !== '' && durationMs(value) === undefined
  return (
    <label class="filter filter-narrow">
      {label}
      <input
        type="text"
        value={value}
        placeholder={placeholder}
        autocomplete="off"
        aria-invalid={isBad}
        title={isBad ? 'A duration such as 200ms or 1.5s' : undefined}
        onChange={({ currentTarget }) => setParams({ [name]: currentTarget.value.trim() })}
      />
    </label>
  )
}
