// Generated from core/package.json by scripts/generate.ts. Don't edit: run `npm run generate`.
/** The version of the core that runs. All packages of this project share it. */
export const coreVersion: string = "0.1.0";
