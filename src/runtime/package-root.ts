/** The folder of the package. This file is as far below it before the build as after. */
export const PACKAGE_ROOT: URL = new URL('../../', import.meta.url)
