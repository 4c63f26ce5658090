/** One thing wrong with rules. */
export interface RuleFault {
  /** What, and where it is not obvious, how to mend it. */
  readonly message: string
  readonly group: string | undefined
  /** Its place in the group, from 1, and its name. */
  readonly rule: { readonly number: number; readonly name: string } | undefined
  /** From 1; undefined for rules that come from no file. */
  readonly place: Place | undefined
}

export interface Place {
  readonly line: number
  readonly column: number
}

/** `rules.yml: 6:11: group "g", rule 1, "a:b": could not parse expression: ...` */
export function explainRuleFault({ message, group, rule, place }: RuleFault, file?: string): string {
  const parts = [
    file,
    place && `${place.line}:${place.column}`,
    group !== undefined &&
      [`group "${group}"`, rule && `rule ${rule.number}, "${rule.name}"`].filter(Boolean).join(', '),
    message,
  ]
  return parts.filter((part) => typeof part === 'string').join(': ')
}
