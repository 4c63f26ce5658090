import type { Route } from '../dispatch-types.ts'
import { checkName, readMatcherList } from './matcher-list.ts'
import type { Section } from './section.ts'

const ROUTE_KEYS = [
  'receiver',
  'group_by',
  'match',
  'match_re',
  'matchers',
  'mute_time_intervals',
  'active_time_intervals',
  'continue',
  'routes',
  'group_wait',
  'group_interval',
  'repeat_interval',
  'boxman',
]
const MATCHER_KEYS = { texts: 'matchers', values: 'match', patterns: 'match_re' }

/** Levels of routes in routes, and routes of a file, which aliases can multiply. */
const MAX_DEPTH = 100
const MAX_ROUTES = 10_000

/** A route, and where it stands. */
export interface ReadRoute {
  readonly route: Route
  readonly section: Section
  /** What it states itself: the rest is its parent's. */
  readonly states: { readonly receiver: boolean; readonly escalation: boolean }
  readonly children: readonly ReadRoute[]
}

type Inherited = Pick<
  Route,
  'receiver' | 'groupBy' | 'groupWaitMs' | 'groupIntervalMs' | 'repeatIntervalMs' | 'escalation'
>

const DEFAULTS: Inherited = {
  receiver: '',
  groupBy: [],
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 14_400_000,
}

/** The tree, with what routes take from those above them filled in. */
export function readRoutes(parent: Section): ReadRoute | undefined {
  if (!parent.has('route')) {
    parent.fault(`no routes provided: give ${parent.named('route')} with a receiver`)
    return undefined
  }
  const section = parent.section('route', ROUTE_KEYS)
  checkRoot(section)
  return readRoute(section, DEFAULTS, 0, { routes: MAX_ROUTES })
}

function checkRoot(section: Section): void {
  if ((section.text('receiver') ?? '') === '') section.fault('root route must specify a default receiver')
  for (const key of ['match', 'match_re', 'matchers']) {
    const isStated =
      key === 'matchers' ? section.items(key).length > 0 : Object.keys(section.textMap(key) ?? {}).length > 0
    if (isStated) section.fault('root route must not have any matchers: it takes what no other takes', key)
  }
  for (const key of ['mute_time_intervals', 'active_time_intervals']) {
    if (section.items(key).length > 0) {
      section.fault(
        `root route must not have any ${key === 'mute_time_intervals' ? 'mute' : 'active'} time intervals`,
        key,
      )
    }
  }
  if (section.boolean('continue') === true) section.fault('cannot have continue in root route', 'continue')
}

function readRoute(section: Section, above: Inherited, depth: number, left: { routes: number }): ReadRoute {
  const receiver = section.text('receiver') ?? ''
  const escalation = section.section('boxman', ['escalation']).text('escalation')
  const inherited: Inherited = {
    receiver: receiver === '' ? above.receiver : receiver,
    groupBy: readGroupBy(section) ?? above.groupBy,
    groupWaitMs: section.duration('group_wait') ?? above.groupWaitMs,
    groupIntervalMs: positive(section, 'group_interval') ?? above.groupIntervalMs,
    repeatIntervalMs: positive(section, 'repeat_interval') ?? above.repeatIntervalMs,
    escalation: escalation ?? above.escalation,
  }
  const below = section.sections('routes', ROUTE_KEYS)
  const isTooDeep = depth === MAX_DEPTH && below.length > 0
  if (isTooDeep) section.fault(`routes are ${MAX_DEPTH} levels deep at most`)
  if (left.routes >= 0 && left.routes < below.length) section.fault(`a file has ${MAX_ROUTES} routes at most`)
  left.routes -= below.length
  const isRead = !isTooDeep && left.routes >= 0
  const children = isRead ? below.map((each) => readRoute(each, inherited, depth + 1, left)) : []
  const route: Route = {
    ...inherited,
    matchers: readMatcherList(section, MATCHER_KEYS),
    continue: section.boolean('continue') ?? false,
    muteTimeIntervals: section.texts('mute_time_intervals') ?? [],
    activeTimeIntervals: section.texts('active_time_intervals') ?? [],
    routes: children.map((each) => each.route),
  }
  return { route, section, states: { receiver: receiver !== '', escalation: escalation !== undefined }, children }
}

function positive(section: Section, key: string): number | undefined {
  const ms = section.duration(key)
  if (ms === 0) section.fault(`${section.named(key)} cannot be zero`, key)
  return ms === 0 ? undefined : ms
}

function readGroupBy(section: Section): Route['groupBy'] | undefined {
  const names = section.texts('group_by')
  if (names === undefined) return undefined
  const seen = new Set<string>()
  for (const name of names) {
    if (name === '...') continue
    checkName(section, 'group_by', name)
    if (seen.has(name))
      section.fault(`duplicated label ${JSON.stringify(name)} in ${section.named('group_by')}`, 'group_by')
    seen.add(name)
  }
  if (!names.includes('...')) return names.length === 0 ? undefined : [...seen]
  if (seen.size > 0) {
    section.fault('cannot have wildcard group_by (`...`) and other labels at the same time', 'group_by')
  }
  return 'all'
}

/** The route, and all below it. */
export function* allRoutes(root: ReadRoute): Iterable<ReadRoute> {
  yield root
  for (const child of root.children) yield* allRoutes(child)
}
