/** What Boxman refuses to do, and what to do about it. */
export class BoxmanError extends Error {
  override readonly name: string = 'BoxmanError'
}

/** Everything that is wrong with the configuration, not only the first thing. */
export class ConfigError extends BoxmanError {
  override readonly name: string = 'ConfigError'
  /** One a line: `admin.port: expected a port from 0 to 65535, given "x" (environment BOXMAN_ADMIN_PORT)`. */
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    const list = problems.map((problem) => `\n  ${problem}`).join('')
    super(`the configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:${list}`)
    this.problems = problems
  }
}
