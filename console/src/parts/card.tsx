import type { ComponentChildren, JSX } from 'preact'

interface CardProps {
  readonly title: string
  readonly description?: string | undefined
  /** At the right of the title. */
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
  readonly class?: string
}

/** A part of a page with a name. */
export function Card({ title, description, actions, children, class: more = '' }: CardProps): JSX.Element {
  return (
    <section class={`card ${more}`} aria-label={title}>
      <header class="card-head">
        <h3 title={description}>{title}</h3>
        <div class="card-actions">{actions}</div>
      </header>
      {children}
    </section>
  )
}
