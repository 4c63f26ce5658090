import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { Icon } from './icon.tsx'

interface CardProps {
  readonly title: string
  /** Shown when it is asked for. */
  readonly description?: string | undefined
  /** At the right of the title. */
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
  readonly class?: string
}

/** A part of a page with a name. */
export function Card({ title, description, actions, children, class: more = '' }: CardProps): JSX.Element {
  const isExplained = useSignal(false)
  return (
    <section class={`card ${more}`} aria-label={title}>
      <header class="card-head">
        <h3 title={title}>{title}</h3>
        <div class="card-actions">
          {description !== undefined && (
            <button
              type="button"
              class="icon-button"
              aria-expanded={isExplained.value}
              aria-label={`What ${title} tells`}
              title={description}
              onClick={() => (isExplained.value = !isExplained.value)}
            >
              <Icon name="question" size={16} />
            </button>
          )}
          {actions}
        </div>
      </header>
      {isExplained.value && <p class="about">{description}</p>}
      {children}
    </section>
  )
}
