import type { PanelLink } from 'boxman/packs'
import { PAGES } from '../pages/index.ts'
import { addressOf } from '../state/place.ts'

/** The address of a link; a place of the console that there is not leads nowhere. */
export function linkOf({ to }: PanelLink): string | undefined {
  if (/^https?:\/\//.test(to)) return to
  const [path = '', query = ''] = to.split('?', 2)
  if (!PAGES.some(({ id }) => id === path.split('/', 1)[0])) return undefined
  return addressOf(path, Object.fromEntries(new URLSearchParams(query)))
}
