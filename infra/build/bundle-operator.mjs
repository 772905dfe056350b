import { join, relative } from "node:path";
import { build } from "esbuild";

/** Where the operator's part of the command line stands, in a `dist/`. */
export const OPERATOR = "operator";

/** Commands that host agents: those find migrations and the programs of forked processes by their own files' places. */
const HOSTING = /\/commands\/(?:up|agent)\.js$/;

/**
 * Makes few files of the many that the operator's commands load, their packages' included: finding and reading nine
 * hundred modules takes longer than a read of the inventory. What hosts agents stays outside, and is imported from where
 * it is.
 */
export async function bundleOperator(dist) {
  const outdir = join(dist, OPERATOR);
  await build({
    entryPoints: [join(dist, "agents/cli/main.js")],
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "linked",
    logLevel: "warning",
    // CommonJS among the packages asks for Node's own modules by `require`, which an ES module has not.
    banner: { js: `import{createRequire as $r}from"node:module";const require=$r(import.meta.url);` },
    plugins: [
      { name: "leave-agents-outside", setup: (bundler) => bundler.onResolve({ filter: HOSTING }, leaveOutside) },
    ],
  });

  function leaveOutside({ path, resolveDir }) {
    return { path: `./${relative(outdir, join(resolveDir, path)).replaceAll("\\", "/")}`, external: true };
  }
}
