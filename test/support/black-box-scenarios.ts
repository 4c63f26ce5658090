import { ALERTS } from './black-box/alerts.ts'
import { CHANGES } from './black-box/changes.ts'
import { DELIVERY } from './black-box/delivery.ts'
import { HIDING } from './black-box/hiding.ts'
import { ROUTES } from './black-box/routes.ts'
import type { BlackBoxScenario } from './black-box/write.ts'

/** Those that take long come first. */
export const BLACK_BOX_SCENARIOS: readonly BlackBoxScenario[] = [
  ...ROUTES,
  ...ALERTS,
  ...HIDING,
  ...DELIVERY,
  ...CHANGES,
].toSorted((a, b) => b.until - a.until)
