import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { identityOf } from "../../../bus/index.ts";
import { createIdentity, readSecret, writeSecret } from "../../../infra/embedded/index.ts";
import { createImageKey } from "../../../infra/images/index.ts";
import { createSealingKey } from "../../../infra/secrets/index.ts";
import { createSshKey, readSshPublicKey } from "../../../infra/ssh/index.ts";

/**
 * The folder of an embedded site:
 *
 * ```
 * context.json, context-<user>.json   where the site is, for its people
 * agents.json                         where the site is, for its agents
 * keys/<name>.nk                      nkey seeds of people and agents, mode 0600
 * secrets/                            database URLs, the reboot agent's ssh and sealing keys, the image key, mode 0600
 * images/                             the images that nodes may load
 * disks/                              what the simulated machines load
 * nats/, postgres/                    what the services keep
 * ```
 */
export interface SiteFiles {
  readonly contextFileOf: (user: string) => string;
  readonly agentsFile: string;
  readonly keyFileOf: (name: string) => string;
  readonly databaseUrlFileOf: (agent: string) => string;
  readonly sshKeyFile: string;
  readonly knownHostsDir: string;
  readonly sealingKeyFile: string;
  readonly sealingPublicKeyFile: string;
  readonly imageDir: string;
  readonly diskDir: string;
  readonly imageKeyFile: string;
}

/** The person that `up` makes, who may do everything. */
export const adminUser = "admin";

export function siteFilesOf(dir: string): SiteFiles {
  const secret = (name: string) => join(dir, "secrets", name);
  return {
    contextFileOf: (user) => join(dir, user === adminUser ? "context.json" : `context-${user}.json`),
    agentsFile: join(dir, "agents.json"),
    keyFileOf: (name) => join(dir, "keys", `${name}.nk`),
    databaseUrlFileOf: (agent) => secret(`database-${agent}.url`),
    sshKeyFile: secret("node-ssh-key"),
    knownHostsDir: join(dir, "known-hosts"),
    sealingKeyFile: secret("sealing-key"),
    sealingPublicKeyFile: secret("sealing-key.public"),
    imageDir: join(dir, "images"),
    diskDir: join(dir, "disks"),
    imageKeyFile: secret("image-key.pem"),
  };
}

/** The site's folders, closed to others. */
export async function makeSiteFolders(dir: string): Promise<void> {
  for (const folder of [dir, join(dir, "keys"), join(dir, "secrets"), join(dir, "images")])
    await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** The public half of a name's nkey, which is made and kept if there is none yet. */
export async function ensureKey(files: SiteFiles, name: string): Promise<string> {
  const path = files.keyFileOf(name);
  if (existsSync(path)) return identityOf(await readSecret(path)).publicKey;
  const { seed, publicKey } = createIdentity();
  await writeSecret(path, `${seed}\n`);
  return publicKey;
}

/** The public line of the reboot agent's ssh key. */
export async function ensureSshKey(files: SiteFiles): Promise<string> {
  return existsSync(files.sshKeyFile) ? readSshPublicKey(files.sshKeyFile) : createSshKey(files.sshKeyFile);
}

/** The public half of the key to which BMC passwords are sealed. */
export async function ensureSealingKey(files: SiteFiles): Promise<string> {
  if (existsSync(files.sealingKeyFile)) return (await readSecret(files.sealingPublicKeyFile)).trim();
  const { publicKey, privateKey } = createSealingKey();
  await writeSecret(files.sealingPublicKeyFile, `${publicKey}\n`);
  await writeSecret(files.sealingKeyFile, `${privateKey}\n`);
  return publicKey;
}

/** The private half of the key that images' manifests are signed with. */
export async function ensureImageKey(files: SiteFiles): Promise<string> {
  if (existsSync(files.imageKeyFile)) return readSecret(files.imageKeyFile);
  const { privateKey } = createImageKey();
  await writeSecret(files.imageKeyFile, privateKey);
  return privateKey;
}

export function newPassword(): string {
  return randomBytes(24).toString("base64url");
}
