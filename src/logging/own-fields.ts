/** Fields of the logger itself: a caller's field of the same name is written with an underscore behind. */
const OWN = ['level', 'time', 'service', 'module'] as const

/** A call's fields, none of them with the name of one of the logger's own. */
export function apart(fields: Record<string, unknown>): Record<string, unknown> {
  if (!OWN.some((name) => name in fields)) return fields
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [isOwn(name) ? `${name}_` : name, value]))
}

function isOwn(name: string): boolean {
  return OWN.some((own) => own === name)
}
