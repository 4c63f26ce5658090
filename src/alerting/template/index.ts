export {
  AlertTemplate,
  readAlertTemplate,
  type TemplateData,
  type TemplateHost,
  type TemplateSample,
} from './expand.ts'
export { TemplateError } from './value.ts'
