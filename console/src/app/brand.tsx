import type { JSX } from 'preact'

/** The die, and the name. */
export function Brand(): JSX.Element {
  return (
    <>
      <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
        <rect x="2" y="2" width="28" height="28" rx="8" class="die" />
        <circle cx="10" cy="10" r="2.800" class="pip" />
        <circle cx="16" cy="16" r="2.800" class="pip" />
        <circle cx="22" cy="22" r="2.800" class="pip" />
      </svg>
      Boxman
    </>
  )
}
