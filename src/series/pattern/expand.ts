/** Where groups matched: text by index, the whole at 0; undefined where a group took no part. */
export interface PatternMatch {
  readonly groups: readonly (string | undefined)[]
  /** Names by index; '' for none. */
  readonly names: readonly string[]
}

const REFERENCE = /\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu

/** A dollar that begins no reference stays as it is. */
export function expand(template: string, { groups, names }: PatternMatch): string {
  return template.replaceAll(REFERENCE, (all: string, bare?: string, braced?: string) => {
    const name = bare ?? braced
    if (name === undefined) return all === '$$' ? '$' : all
    if (/^(0|[1-9]\d*)$/.test(name)) return groups[Number(name)] ?? ''
    return groups.find((text, i) => text !== undefined && names[i] === name) ?? ''
  })
}
