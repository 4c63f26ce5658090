import type { Health } from '../health/index.ts'
import type { RootLogger } from '../logging/index.ts'
import { bindingProblem } from './admin/access/binding.ts'
import type { Subscriber } from './config/settings.ts'
import { ConfigError } from './error.ts'
import { levelChanges } from './logs/logger-options.ts'
import type { Traces } from './traces/traces.ts'

interface Parts {
  readonly log: RootLogger
  readonly health: Health
  readonly traces: Traces | undefined
}

/** For parts that keep values of their own; the others read the configuration anew each time. */
export function tellParts({ log, health, traces }: Parts): Subscriber {
  return (config, before) => {
    const unguarded = bindingProblem(config.admin)
    if (unguarded !== undefined) throw new ConfigError([unguarded])
    log.levels.apply(levelChanges(config, before))
    health.setDefaults(config.health)
    traces?.setLimits(config.tracing)
  }
}
