import type { JSX } from 'preact'

/** Drawn on a field of 24 by 24, in lines. */
const PATHS = {
  overview: 'M3 12h4l3-8 4 16 3-8h4',
  explore: 'M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14m5 12 5 5',
  traces: 'M3 6h10M7 12h10M11 18h10',
  logs: 'M4 6h16M4 10h16M4 14h10M4 18h7',
  alerts: 'M12 3a6 6 0 0 1 6 6v4l2 4H4l2-4V9a6 6 0 0 1 6-6m-2 17h4',
  errors: 'M12 3 2 20h20L12 3m0 6v5m0 3v.5',
  health: 'M20 8c0 6-8 12-8 12S4 14 4 8a4 4 0 0 1 8-1 4 4 0 0 1 8 1',
  system: 'M5 5h14v14H5zM9 9h6v6H9zM9 2v3m6-3v3M9 19v3m6-3v3M2 9h3m-3 6h3m14-6h3m-3 6h3',
  cost: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18m0 4v10m3-8c-1-1-5-1.500-5 1s5 1.500 5 4-4 2-5 1',
  config: 'M4 7h10m4 0h2M4 17h2m4 0h10M16 5v4M8 15v4',
  dashboard: 'M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z',
  more: 'M12 6v.01M12 12v.01M12 18v.01',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 4v16l13-8z',
  theme: 'M12 3a9 9 0 1 0 9 9c-5 2-11-3-9-9',
  search: 'M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13m5 11 5 5',
  'zoom-out': 'M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13m5 11 5 5M7.500 10.500h6',
  question: 'M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2m0 3v.01M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18',
  metrics: 'M4 20V10M10 20V4M16 20v-7M22 20H2',
  close: 'M6 6l12 12M18 6 6 18',
  menu: 'M4 6h16M4 12h16M4 18h16',
  external: 'M14 4h6v6m0-6L10 14M18 14v6H4V6h6',
  check: 'M5 12l5 5 9-10',
  snapshot: 'M4 8h4l2-3h4l2 3h4v11H4zM12 10a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8M4 20c1-5 4-6 8-6s7 1 8 6',
} as const

export type IconName = keyof typeof PATHS

/** Says nothing to who cannot see it: what it stands for is written beside it, or is the button's label. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
