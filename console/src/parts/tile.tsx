import type { ComponentChildren, JSX } from 'preact'

interface TileProps {
  readonly title: string
  readonly description?: string | undefined
  /** Where there is more of it. */
  readonly href?: string | undefined
  readonly children: ComponentChildren
}

/** One thing at a glance. All of it leads to its page. */
export function Tile({ title, description, href, children }: TileProps): JSX.Element {
  return (
    <section class="card stat" aria-label={title} title={description}>
      <h2>{href === undefined ? title : <a href={href}>{title}</a>}</h2>
      {children}
    </section>
  )
}
