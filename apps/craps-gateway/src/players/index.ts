export { addStats, isStats, type PlayersStats } from './tally.ts'
