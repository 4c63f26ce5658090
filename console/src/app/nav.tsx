import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { dashboards, OVERVIEW } from '../data/dashboards.ts'
import { facts } from '../data/facts.ts'
import { DASHBOARD_PAGE, PAGES } from '../pages/index.ts'
import type { PageEntry } from '../pages/page.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { addressOf, place } from '../state/place.ts'
import { Brand } from './brand.tsx'

interface NavLink {
  readonly path: string
  readonly title: string
  readonly icon: IconName
}

/** Pages for which the service has something to show. */
export function navLinks(): readonly NavLink[] {
  const parts = facts.value?.parts
  const isThere = ({ needs }: PageEntry): boolean => needs === undefined || parts === undefined || parts[needs]
  return [
    ...PAGES.filter(isThere).map(({ id, title, icon }) => ({ path: id, title, icon })),
    ...dashboards.value
      .filter(({ id }) => id !== OVERVIEW)
      .map(({ id, title }) => ({ path: `${DASHBOARD_PAGE.id}/${id}`, title, icon: 'dashboard' as const })),
  ]
}

export function Nav(): JSX.Element {
  const open = useSignal(false)
  const { page, rest } = place.value
  const current = [page, ...(page === DASHBOARD_PAGE.id ? rest.slice(0, 1) : [])].join('/')
  return (
    <nav class={open.value ? 'nav open' : 'nav'} aria-label="Pages">
      <div class="brand">
        <a href={addressOf('overview')} class="brand-name">
          <Brand />
        </a>
        <button
          type="button"
          class="icon-button nav-toggle"
          aria-expanded={open.value}
          aria-label="Pages"
          onClick={() => (open.value = !open.value)}
        >
          <Icon name={open.value ? 'close' : 'menu'} />
        </button>
      </div>
      <ul>
        {navLinks().map(({ path, title, icon }) => (
          <li key={path}>
            <a
              href={addressOf(path)}
              aria-current={path === current ? 'page' : undefined}
              onClick={() => (open.value = false)}
            >
              <Icon name={icon} />
              {title}
            </a>
          </li>
        ))}
      </ul>
      <p class="nav-foot">
        <a href="./endpoints">Endpoints</a>
        {facts.value !== undefined && <span>Boxman {facts.value.boxmanVersion}</span>}
      </p>
    </nav>
  )
}
