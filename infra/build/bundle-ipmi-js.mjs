import { join } from "node:path";
import { build } from "esbuild";

/**
 * Makes one file of the many that the command line of ipmi-js loads, in the place of its main module: of a run that asks
 * a thousand BMCs, finding and reading a hundred modules costs a third as much again.
 */
export async function bundleIpmiJs(dist) {
  const main = join(dist, "cli/main.js");
  await build({
    entryPoints: [main],
    outfile: main,
    allowOverwrite: true,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "warning",
  });
}
