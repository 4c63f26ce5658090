import type { Registry } from '../../metrics/index.ts'
import { publishTotals } from '../publish.ts'
import type { Scrapers } from '../targets/scrapers.ts'

/** How the scraping fares, as metrics. */
export function publishScrapes(metrics: Registry, scrapers: Scrapers): void {
  const { stats } = scrapers
  publishTotals(metrics, {
    scrape_pages: ['Scrapes of targets.', () => stats.scrapes],
    scrape_failures: ['Of these, the ones that failed.', () => stats.failures],
    scrape_duplicate_samples: ['Samples that a page had twice; the first counts.', () => stats.duplicates],
    scrape_refused_samples: ['Samples of pages that the store refused.', () => stats.refused],
    scrape_discovery_failures: ['Files and servers of targets that could not be read.', () => stats.discoveryFailures],
  })
  metrics.gauge({
    name: 'boxman_scrape_targets',
    help: 'Targets, by job and health.',
    labelNames: ['job', 'health'],
    collect: (gauge) => {
      gauge.remove({})
      for (const { scrapePool, health } of scrapers.targets.active) gauge.inc({ job: scrapePool, health })
    },
  })
}
