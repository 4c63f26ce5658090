import type { Health } from '../health/index.ts'
import type { RootLogger } from '../logging/index.ts'
import type { Subscriber } from './config/settings.ts'
import type { Traces } from './traces/traces.ts'

interface Parts {
  readonly log: RootLogger
  readonly health: Health
  readonly traces: Traces | undefined
}

/** For parts that keep values of their own; the others read the configuration anew each time. */
export function tellParts({ log, health, traces }: Parts): Subscriber {
  return (config, before) => {
    const [level, levelBefore] = [levelOf(config), levelOf(before)]
    // What else has set the level meanwhile stands until the configuration says another one.
    if (level !== levelBefore) log.level = level
    health.setDefaults(config.health)
    traces?.setLimits(config.tracing)
  }
}

function levelOf({ log }: { readonly log: { readonly enabled: boolean; readonly level: string } }): string {
  return log.enabled ? log.level : 'silent'
}
