import type { ComponentChildren, JSX } from 'preact'

/** Where there is nothing: what would be here, and how it comes. */
export function Empty({
  title,
  children,
}: {
  readonly title: string
  readonly children?: ComponentChildren
}): JSX.Element {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children !== undefined && <div class="empty-text">{children}</div>}
    </div>
  )
}

/** What went wrong, in the server's words. */
export function Failure({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <p class="failure" role="alert">
      {children}
    </p>
  )
}

/** Keeps the place of what is to come. */
export function Loading({ height = 120 }: { readonly height?: number }): JSX.Element {
  return <div class="loading" style={{ height: `${height}px` }} role="status" aria-label="Loading" />
}

export type Tone = 'good' | 'warning' | 'critical' | 'neutral' | 'info'

/** A word with a meaning: the colour only underlines it. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }): JSX.Element {
  return <span class={`badge badge-${tone}`}>{children}</span>
}
