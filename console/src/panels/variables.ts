export { fillVariables } from 'boxman/charts'
