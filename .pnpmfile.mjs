export const hooks = {
  /** What a package is built and tested with is nobody's business but this repository's, and is not on npm either. */
  beforePacking({ devDependencies: _, scripts: __, ...manifest }) {
    return manifest;
  },
};
