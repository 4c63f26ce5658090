import { type Notify, Rulebook, type RulesHost } from '../../alerting/index.ts'
import { readExpression } from '../../promql/index.ts'
import { LabelSet } from '../../series/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import type { Config } from '../config/config.ts'
import { storeHost } from './store-host.ts'

export interface RulebookParts {
  readonly config: Config
  readonly query: RulesHost['query']
  readonly store: Tsdb
  /** Milliseconds that never go back. */
  readonly now: () => number
  readonly notify: Notify
  /** What templates know as `$externalURL`. */
  readonly url: string
}

/** What evaluates a service's rules over its store. */
export function createRulebook({ config, query, store, now, notify, url }: RulebookParts): Rulebook {
  return new Rulebook({
    host: storeHost(query, store, now),
    notify,
    readExpression,
    externalLabels: LabelSet.of(config.constantLabels),
    externalUrl: url,
    queryTimeoutMs: config.query.timeoutMs,
    // What is observed ended and began with the observer: `for` goes on at once, however short, and whoever gave the rule.
    forGraceMs: 0,
    restoresLater: true,
  })
}
