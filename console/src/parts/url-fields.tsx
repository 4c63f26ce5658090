import type { JSX } from 'preact'
import { param, setParams } from '../state/place.ts'

/** Words to look for, kept in the address. */
export function SearchField({
  label,
  name = 'q',
  placeholder,
}: {
  readonly label: string
  /** Of the parameter. */
  readonly name?: string
  readonly placeholder?: string
}): JSX.Element {
  return (
    <label class="field field-search">
      {label}
      <input
        type="search"
        value={param(name)}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => setParams({ [name]: currentTarget.value })}
      />
    </label>
  )
}

/** One of some, kept in the address; the first is what counts when nothing is chosen. */
export function ChoiceField({
  label,
  name,
  options,
}: {
  readonly label: string
  readonly name: string
  readonly options: readonly (readonly [value: string, title: string])[]
}): JSX.Element {
  const [first = ['', '']] = options
  const chosen = param(name, first[0])
  return (
    <label class="field">
      {label}
      <select
        value={chosen}
        onChange={({ currentTarget: { value } }) => setParams({ [name]: value === first[0] ? undefined : value })}
      >
        {options.map(([value, title]) => (
          <option key={value} value={value} selected={value === chosen}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Whether every word is somewhere in the texts, in whichever. */
export function hasWords(search: string, texts: readonly (string | null | undefined)[]): boolean {
  const all = texts.join('\n').toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}
