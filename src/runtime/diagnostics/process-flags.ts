const CODE: ReadonlySet<string> = new Set(['-e', '--eval', '-p', '--print', '-pe'])
const VALUED = /^(--[\w-]*(?:token|secret|password|passwd|key|credential)[\w-]*)=/i

/** The options that node was started with: code and secrets left out. */
export function shownFlags(execArgv: readonly string[], redact: (text: string) => string): readonly string[] {
  return execArgv.map((word, i) => {
    const before = execArgv[i - 1] ?? ''
    if (CODE.has(before)) return '[code]'
    const [, name] = VALUED.exec(word) ?? []
    return name === undefined ? redact(word) : `${name}=[hidden]`
  })
}
