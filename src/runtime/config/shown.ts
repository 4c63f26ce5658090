import type { Config } from './config.ts'

/** What stands in the place of a secret. */
export const HIDDEN = '[hidden]'

/** The values as they may be shown: secrets left out. */
export function shownConfig(config: Config): Config {
  const { token, ...admin } = config.admin
  const { backendToken, ...query } = config.query
  return {
    ...config,
    admin: token === undefined ? admin : { ...admin, token: HIDDEN },
    query: backendToken === undefined ? query : { ...query, backendToken: HIDDEN },
  }
}
