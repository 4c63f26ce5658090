export { Disk } from './disk.ts'
export { nodeFiles } from './files.ts'
export { levelsOf } from './tiers.ts'
