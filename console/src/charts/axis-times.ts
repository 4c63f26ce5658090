export { axisTimes, TIME_STEPS } from 'boxman/charts'
