import type { Registry } from '../../metrics/index.ts'
import type { PrometheusConfig } from '../targets/config/prometheus-config.ts'

/** The configuration in force, and how the last attempt at another one went. */
export class LoadedConfig {
  #config: PrometheusConfig
  #at: number
  #good = true

  constructor(config: PrometheusConfig, at: number) {
    this.#config = config
    this.#at = at
  }

  get config(): PrometheusConfig {
    return this.#config
  }

  /** Ms since the epoch. */
  get at(): number {
    return this.#at
  }

  /** Whether the last attempt was taken. */
  get isGood(): boolean {
    return this.#good
  }

  take(config: PrometheusConfig, at: number): void {
    this.#config = config
    this.#at = at
    this.#good = true
  }

  refuse(): void {
    this.#good = false
  }

  publish(metrics: Registry): void {
    metrics.gauge({
      name: 'boxman_serve_config_last_reload_successful',
      help: 'Whether the last attempt to load the configuration was taken.',
      collect: (gauge) => gauge.set(Number(this.#good)),
    })
    metrics.gauge({
      name: 'boxman_serve_config_last_reload_success_timestamp_seconds',
      help: 'When the configuration in force was loaded.',
      collect: (gauge) => gauge.set(this.#at / 1000),
    })
  }
}
