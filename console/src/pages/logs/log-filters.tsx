import type { JSX } from 'preact'
import { go, param, setParams } from '../../state/place.ts'
import type { LogFilter } from './ask-logs.ts'
import { LEVELS } from './line.ts'

interface LogFiltersProps {
  readonly filter: LogFilter
}

/** Which lines are shown; every change is in the address at once. */
export function LogFilters({ filter }: LogFiltersProps): JSX.Element {
  const { level, module, text, trace, fields } = filter
  const hasAny = [level, module, text, trace, ...fields].some((each) => each !== '')
  return (
    <form class="filters" role="search" aria-label="Log lines" onSubmit={(event) => event.preventDefault()}>
      <label class="filter">
        Level
        <select value={level} onChange={({ currentTarget }) => setParams({ level: currentTarget.value })}>
          <option value="">All</option>
          {LEVELS.map((each) => (
            <option key={each} value={each} selected={each === level}>
              {each} and above
            </option>
          ))}
        </select>
      </label>
      <TextFilter label="Module" name="module" value={module} placeholder="wallet.*" />
      <label class="filter filter-wide">
        Text
        <input
          type="search"
          value={text}
          placeholder="anywhere in a line"
          autocomplete="off"
          onInput={({ currentTarget }) => setParams({ text: currentTarget.value })}
        />
      </label>
      <TextFilter label="Trace" name="trace" value={trace} placeholder="32 digits" />
      <label class="filter">
        Highlight
        <input
          type="search"
          value={param('mark')}
          placeholder="only marks"
          autocomplete="off"
          onInput={({ currentTarget }) => setParams({ mark: currentTarget.value })}
        />
      </label>
      {fields.length > 0 && (
        <ul class="chips" aria-label="Only lines with">
          {fields.map((field) => (
            <li key={field}>
              <button
                type="button"
                aria-label={`No longer only ${field}`}
                onClick={() => setParams({ fields: fields.filter((each) => each !== field).join('\n') })}
              >
                <code>{field}</code> ✕
              </button>
            </li>
          ))}
        </ul>
      )}
      {trace !== '' && (
        <button
          type="button"
          class="filter-clear"
          onClick={() => go(`traces/${trace}`, { back: window.location.hash })}
        >
          To the trace
        </button>
      )}
      {hasAny && (
        <button
          type="button"
          class="filter-clear"
          onClick={() =>
            setParams({ level: undefined, module: undefined, text: undefined, trace: undefined, fields: undefined })
          }
        >
          Clear
        </button>
      )}
    </form>
  )
}

interface TextFilterProps {
  readonly label: string
  readonly name: string
  readonly value: string
  readonly placeholder: string
}

function TextFilter({ label, name, value, placeholder }: TextFilterProps): JSX.Element {
  return (
    <label class="filter">
      {label}
      <input
        type="text"
        value={value}
        placeholder={placeholder}
        autocomplete="off"
        onChange={({ currentTarget }) => setParams({ [name]: currentTarget.value.trim() })}
      />
    </label>
  )
}
