/**
 * The property escape for a name in `\p{…}`: a general category, a script, `Any`, `ASCII` or `Assigned`; undefined when
 * there is none. Names are compared without case, spaces and hyphens counting as underscores.
 */
export function unicodeProperty(name: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z _-]*$/.test(name)) return undefined
  for (const spelling of new Set([name, titled(name), name.toUpperCase()])) {
    for (const property of [spelling, `gc=${spelling}`, `sc=${spelling}`]) {
      if (property === spelling && !['Any', 'ASCII', 'Assigned'].includes(spelling)) continue
      const escape = `\\p{${property}}`
      if (isValid(escape)) return escape
    }
  }
  return undefined
}

function titled(name: string): string {
  return name
    .split(/[ _-]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join('_')
}

function isValid(escape: string): boolean {
  try {
    return new RegExp(escape, 'u').unicode
  } catch {
    return false
  }
}
