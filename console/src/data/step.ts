export { stepFor } from 'boxman/charts'
