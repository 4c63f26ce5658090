export { type Config, type ConfigInput, defineConfig, type Provenance, type ResolvedConfig } from './config/config.ts'
export { CONFIG_FIELDS, type ConfigField } from './config/fields.ts'
export { type ConfigSources, type Environment, resolveConfig } from './config/resolve.ts'
export { BoxmanError, ConfigError } from './error.ts'
