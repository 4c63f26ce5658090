import type { JSX } from 'preact'

/** Where there is more of something. */
export interface Link {
  readonly title: string
  readonly href: string
}

const ELSEWHERE = /^https?:\/\//

/** To a place of the console, or out of it: then in a tab of its own. */
export function LinkTo({ href, title }: Link): JSX.Element {
  return ELSEWHERE.test(href) ? (
    <a href={href} target="_blank" rel="noreferrer">
      {title}
    </a>
  ) : (
    <a href={href}>{title}</a>
  )
}

export function Links({ links }: { readonly links: readonly Link[] }): JSX.Element | null {
  if (links.length === 0) return null
  return (
    <span class="links">
      {links.map((link) => (
        <LinkTo key={link.title} {...link} />
      ))}
    </span>
  )
}

/** A text whose addresses are links: those of http alone, whoever wrote it. */
export function Linked({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {partsOf(text).map((part, i) =>
        ELSEWHERE.test(part) ? <LinkTo key={`${i} ${part}`} href={part} title={part} /> : part,
      )}
    </>
  )
}

/** The addresses in a text, and what stands between them; a full stop after one is none of its own. */
export function partsOf(text: string): readonly string[] {
  return text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'])/).filter((part) => part !== '')
}
