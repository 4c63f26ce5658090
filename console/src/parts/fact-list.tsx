import type { ComponentChildren, JSX } from 'preact'

export type Fact = readonly [name: string, value: ComponentChildren]

/** Names and values, one below the other; what is undefined or null is left out. */
export function FactList({ facts }: { readonly facts: readonly Fact[] }): JSX.Element {
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== undefined && value !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
