export * from 'boxman/prom-client'
export { default, default as 'module.exports' } from 'boxman/prom-client'
