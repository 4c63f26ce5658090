import { Matcher } from '../../series/index.ts'
import type { InhibitRule } from '../dispatch-types.ts'
import { checkName, readMatcherList } from './matcher-list.ts'
import type { Section } from './section.ts'

const KEYS = ['label', 'depends_on', 'source_matchers', 'equal']
const SOURCE = { texts: 'source_matchers', values: '', patterns: '' }

const MAX_COMPONENTS = 1000

/** By component, what it depends on itself. */
type Graph = ReadonlyMap<string, readonly string[]>

/** What depends on what, as rules of inhibition: one for each component, with all that it depends on over others too. */
export function readDependencies(parent: Section): readonly InhibitRule[] {
  return parent.sections('dependencies', KEYS).flatMap((section) => {
    const label = section.text('label') ?? ''
    if (label === '')
      section.fault(`missing ${section.named('label')}, which names components: service, component, ...`)
    else checkName(section, 'label', label)
    const graph: Graph = new Map(Object.entries(section.textLists('depends_on') ?? {}))
    if (graph.size === 0) section.fault(`missing ${section.named('depends_on')}: { web: [api], api: [db] }`)
    const more = readMatcherList(section, SOURCE)
    const equal = (section.texts('equal') ?? []).filter((name) => checkName(section, 'equal', name))
    if (graph.size > MAX_COMPONENTS) {
      section.fault(`${graph.size} components; there may be ${MAX_COMPONENTS} at most`, 'depends_on')
      return []
    }
    const cycle = findCycle(graph)
    if (cycle !== undefined) {
      section.fault(`${cycle.join(' -> ')} is a circle: each would keep the others quiet`, 'depends_on')
      return []
    }
    if (label === '') return []
    return Array.from(graph.keys(), (component): InhibitRule => {
      const paths = pathsFrom(graph, component)
      const parents = Object.keys(paths).map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
      return {
        sourceMatchers: [new Matcher(label, '=~', parents.join('|')), ...more],
        targetMatchers: [new Matcher(label, '=', component)],
        equal,
        dependency: { label, component, paths },
      }
    }).filter(({ dependency }) => Object.keys(dependency?.paths ?? {}).length > 0)
  })
}

/** The shortest ways. */
function pathsFrom(graph: Graph, component: string): Readonly<Record<string, readonly string[]>> {
  const paths = new Map<string, readonly string[]>([[component, [component]]])
  for (const [at, path] of paths) {
    for (const next of graph.get(at) ?? []) if (!paths.has(next)) paths.set(next, [...path, next])
  }
  paths.delete(component)
  return Object.fromEntries(paths)
}

/** `web`, `api`, `web`: the first that is found. */
function findCycle(graph: Graph): readonly string[] | undefined {
  const done = new Set<string>()
  const walk = (at: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(at)) return [...path.slice(path.indexOf(at)), at]
    if (done.has(at)) return undefined
    for (const next of graph.get(at) ?? []) {
      const cycle = walk(next, [...path, at])
      if (cycle !== undefined) return cycle
    }
    done.add(at)
    return undefined
  }
  for (const component of graph.keys()) {
    const cycle = walk(component, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}
