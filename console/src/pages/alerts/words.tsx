import type { JSX } from 'preact'
import { formatMoment, formatNumber } from '../../format/number.ts'
import type { Labels } from '../../data/series.ts'

export function momentOf(text: string): string {
  return formatMoment(Date.parse(text))
}

const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

/** The moments in the server's words, in the visitor's own time. */
export function inOwnTime(text: string): string {
  return text.replaceAll(MOMENT, momentOf)
}

/** `for 3 min`, `in 2 h`. */
export function lengthOf(ms: number): string {
  const seconds = Math.abs(ms) / 1000
  return formatNumber(seconds < 1 ? 0 : Math.round(seconds), 'seconds')
}

export function LabelList({
  labels,
  without = [],
}: {
  readonly labels: Labels
  readonly without?: readonly string[]
}): JSX.Element {
  const shown = Object.entries(labels).filter(([name]) => !without.includes(name))
  return (
    <span class="labels">
      {shown.map(([name, value]) => (
        <code key={name} class="label">
          {name}={value}
        </code>
      ))}
    </span>
  )
}

interface FieldProps {
  readonly label: string
  readonly children: JSX.Element
  readonly hint?: string | undefined
}

/** A control with its name above it. */
export function Field({ label, hint, children }: FieldProps): JSX.Element {
  return (
    // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- what is in it is the control
    <label class="form-field">
      <span>{label}</span>
      {children}
      {hint !== undefined && <small class="muted">{hint}</small>}
    </label>
  )
}
