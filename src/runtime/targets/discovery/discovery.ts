import type { TargetGroup } from '../config/discovery-config.ts'
import type { ScrapeConfig } from '../config/scrape-config.ts'
import { FileSource } from './file-source.ts'
import { HttpSource } from './http-source.ts'
import type { OnFault, Source } from './source.ts'

/** All the places where one job's targets are found. */
export class Discovery {
  readonly #sources: readonly Source[]
  readonly #busy = new Set<Source>()

  constructor(config: ScrapeConfig, userAgent: string, onFault: OnFault) {
    const fault = (detail: string): void => onFault(`${config.jobName}: ${detail}`)
    this.#sources = config.discoveries.map((each) => {
      switch (each.kind) {
        case 'static':
          return new StaticSource(each.groups)
        case 'files':
          return new FileSource(each, fault)
        case 'http':
          return new HttpSource(each, userAgent, fault)
      }
    })
  }

  get groups(): readonly TargetGroup[] {
    return this.#sources.flatMap(({ groups }) => groups)
  }

  /** Looks where it is time to look, each place for itself; `changed` is called for each that brings something. */
  async step(at: number, changed: () => void): Promise<void> {
    const idle = this.#sources.filter((source) => !this.#busy.has(source))
    await Promise.all(
      idle.map(async (source) => {
        this.#busy.add(source)
        try {
          if (await source.step(at)) changed()
        } finally {
          this.#busy.delete(source)
        }
      }),
    )
  }

  close(): void {
    for (const source of this.#sources) source.close()
  }
}

class StaticSource implements Source {
  readonly groups: readonly TargetGroup[]
  #told = false

  constructor(groups: readonly TargetGroup[]) {
    this.groups = groups
  }

  step(): Promise<boolean> {
    const first = !this.#told
    this.#told = true
    return Promise.resolve(first)
  }

  close(): void {
    // There is nothing open.
  }
}
