export { addStats, type PlayersStats } from './tally.ts'
