export { levelOf } from 'boxman/charts'
