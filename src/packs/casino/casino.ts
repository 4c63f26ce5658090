import type { Registry } from '../../metrics/index.ts'
import { type Pack, type PackOptions, resolvePrefix } from '../pack.ts'
import { ConsensusMetrics } from './consensus.ts'
import { casinoDashboards } from './dashboard.ts'
import { FairnessMetrics } from './fairness.ts'
import { GamingMetrics } from './gaming.ts'
import { GatewayMetrics } from './gateway.ts'
import { NetworkMetrics } from './network.ts'
import { playerListing } from './player-listing.ts'
import { PlayerBook, type PlayerBookOptions } from './player-book.ts'

export interface CasinoOptions extends PackOptions {
  readonly players?: PlayerBookOptions | undefined
}

export interface CasinoMetrics {
  readonly gateway: GatewayMetrics
  readonly network: NetworkMetrics
  readonly consensus: ConsensusMetrics
  readonly gaming: GamingMetrics
  readonly fairness: FairnessMetrics
  /** Fed by `gaming`. */
  readonly players: PlayerBook
}

/** The metrics of a craps service: the gateway's sockets feed `network`, its bets feed `players`. */
export function casino(options: CasinoOptions = {}): Pack<CasinoMetrics> {
  const prefix = resolvePrefix(options)
  return {
    name: 'casino',
    prefix,
    dashboards: casinoDashboards({ prefix }),
    listings: ({ players }) => [playerListing(players)],
    install(registry: Registry): CasinoMetrics {
      const network = new NetworkMetrics(registry, { prefix })
      const players = new PlayerBook(options.players)
      return {
        gateway: new GatewayMetrics(registry, { prefix, traffic: network }),
        network,
        consensus: new ConsensusMetrics(registry, { prefix }),
        gaming: new GamingMetrics(registry, { prefix, players }),
        fairness: new FairnessMetrics(registry, { prefix }),
        players,
      }
    },
  }
}
