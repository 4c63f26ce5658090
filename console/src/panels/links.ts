import type { PanelLink } from 'boxman/packs'
import type { Labels } from '../data/series.ts'
import { DASHBOARD_PAGE, PAGES } from '../pages/index.ts'
import type { Link } from '../parts/links.tsx'
import { addressOf } from '../state/place.ts'

const LABEL = /\{\{\s*([^}\s]+)\s*\}\}/g

/** The address of a link; a place of the console that there is not leads nowhere. */
export function linkOf({ to }: Pick<PanelLink, 'to'>): string | undefined {
  if (/^https?:\/\//.test(to)) return to
  const [path = '', query = ''] = to.split('?', 2)
  const page = path.split('/', 1)[0]
  if (page !== DASHBOARD_PAGE.id && !PAGES.some(({ id }) => id === page)) return undefined
  return addressOf(path, Object.fromEntries(new URLSearchParams(query)))
}

/** Of the whole panel: those that name no label. */
export function linksOf(links: readonly PanelLink[] = []): readonly Link[] {
  return links.filter(({ to }) => labelsIn(to).length === 0).flatMap(shown)
}

/** Of one row or line: those that name a label, and whose labels it all has. */
export function linksOfLabels(links: readonly PanelLink[] = [], labels: Labels): readonly Link[] {
  return links
    .filter(({ to }) => {
      const names = labelsIn(to)
      return names.length > 0 && names.every((name) => (labels[name] ?? '') !== '')
    })
    .flatMap(({ title, to }) =>
      shown({ title, to: to.replaceAll(LABEL, (_, name: string) => encodeURIComponent(labels[name] ?? '')) }),
    )
}

function labelsIn(to: string): readonly string[] {
  return Array.from(to.matchAll(LABEL), ([, name = '']) => name)
}

function shown({ title, to }: PanelLink): readonly Link[] {
  const href = linkOf({ to })
  return href === undefined ? [] : [{ title, href }]
}
