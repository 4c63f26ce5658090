export { type Frame, keyOf, type Labels, type Line, nameOf, NO_FRAME } from 'boxman/charts'
