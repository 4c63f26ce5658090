/** What a layer keeps of the path that it is mounted at. */
export interface Mounted {
  /** From router 2.3 on. */
  readonly rawPath?: unknown
  /** Of Express 4. */
  readonly regexp?: RegExp & { readonly fast_star?: boolean }
  readonly keys?: readonly { readonly name: string | number }[]
  /** Of router 2. */
  readonly matchers?: readonly Matcher[]
}

type Matcher = (url: string) => false | { readonly params: Readonly<Record<string, unknown>> }

/** One text for a path that may be several, or regular expressions. */
export function patternOf(path: unknown): string {
  return Array.isArray(path) ? path.flat(Infinity).map(String).join('|') : String(path)
}

/** The pattern that a layer is mounted at; `url` is what it matched. */
export function mountPattern(layer: Mounted, url: string): string {
  if (layer.rawPath !== undefined) return patternOf(layer.rawPath).replace(/(?<=.)\/$/, '')
  if (layer.regexp !== undefined) return patternOfMatch(layer.regexp, layer.keys ?? [], url)
  return patternByProbe(layer.matchers ?? [], url) ?? UNKNOWN
}

/** Express 4 keeps of a path what it compiled it to: the places of its groups tell where the parameters are. */
function patternOfMatch(
  regexp: NonNullable<Mounted['regexp']>,
  keys: NonNullable<Mounted['keys']>,
  url: string,
): string {
  if (regexp.fast_star === true) return '*'
  // What Express compiled itself ends before a slash; what the application wrote is shown as it is.
  if (!regexp.source.includes('(?=\\/|$)')) return String(regexp)
  const groups = new RegExp(regexp.source, `${regexp.flags}d`).exec(url)?.indices ?? []
  let pattern = ''
  let from = 0
  groups.slice(1).forEach((group, i) => {
    const name = keys[i]?.name
    if (group === undefined || group[0] < from || name === undefined) return
    pattern += url.slice(from, group[0]) + (typeof name === 'number' ? '*' : `:${name}`)
    from = group[1]
  })
  return pattern + url.slice(from)
}

/** What is mounted at a regular expression in a router that keeps nothing of it. */
const UNKNOWN = '/*'
const PROBE = 'boxman-probe'

/**
 * Router 2.0 to 2.2 keep of a path a function that matches it: what can be replaced by a probe, and comes back as the value of a
 * parameter, is that parameter's place. Undefined where the places cannot be found: the url itself would be a value.
 */
function patternByProbe(matchers: readonly Matcher[], url: string): string | undefined {
  for (const matcher of matchers) {
    const match = matcher(url)
    if (match === false) continue
    if (matcher.name === 'regexpMatcher') return undefined
    let pattern = ''
    let from = 0
    for (const [name, value] of Object.entries(match.params)) {
      const place = placesOf(value, url, from).find(([start, end]) => {
        const probed = matcher(url.slice(0, start) + PROBE + url.slice(end))
        return probed !== false && String(probed.params[name]) === PROBE
      })
      if (place === undefined) return undefined
      pattern += url.slice(from, place[0]) + (Array.isArray(value) ? '*' : ':') + name
      from = place[1]
    }
    return pattern + url.slice(from)
  }
  return undefined
}

/** Where in an url a value may stand, as it came or decoded: parts of a path, or, a list, several of them in a row. */
function placesOf(value: unknown, url: string, from: number): (readonly [number, number])[] {
  const parts = Array.isArray(value) ? value.length : 1
  const wanted = Array.isArray(value) ? value.join('/') : String(value)
  const places: (readonly [number, number])[] = []
  for (let start = from; start < url.length; start++) {
    if (url.startsWith(wanted, start)) places.push([start, start + wanted.length])
    else if (start === 0 || url[start - 1] === '/') {
      const raw = url.slice(start).split('/').slice(0, parts).join('/')
      if (decoded(raw) === wanted) places.push([start, start + raw.length])
    }
  }
  return places
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
