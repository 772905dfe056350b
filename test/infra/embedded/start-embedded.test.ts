import assert from "node:assert/strict";
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import {
  DirectoryInUseError,
  IdentitiesRefusedError,
  lockDirectory,
  startEmbedded,
} from "../../../infra/embedded/index.ts";
import { fromSource } from "../../support/from-source.ts";
import { isAlive, scratchFolder, until } from "./support/scratch.ts";

interface Pids {
  readonly nats: number;
  readonly postgres: number;
}

/** Another process that hosts a site's services in the directory. */
async function startHost(t: TestContext, dir: string): Promise<{ readonly host: ChildProcess; readonly pids: Pids }> {
  const host = fork(join(import.meta.dirname, "support/host.ts"), [dir], { execArgv: [...fromSource] });
  t.after(() => host.kill("SIGKILL"));
  const [pids] = (await once(host, "message")) as [Pids];
  return { host, pids };
}

/** Every process with a file of the directory open: servers, their children, their guards. */
function listProcessesIn(dir: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return false;
    try {
      const links = [`/proc/${pid}/cwd`, ...readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`)];
      return links.some((link) => readlinkSync(link).startsWith(dir));
    } catch {
      return false;
    }
  });
}

test("both servers are there together, and gone together with all that belongs to them", async (t) => {
  const dir = scratchFolder(t);
  const services = await startEmbedded({ dir, identities: [], durable: false });
  const pids = [services.nats.pid, services.postgres.pid];
  assert.ok(pids.every(isAlive));
  await Promise.all([services.stop(), services.stop()]);
  assert.ok(!pids.some(isAlive));
  await until("the guards are gone", () => listProcessesIn(dir).length === 0);
});

test("a host killed with -9 leaves nothing running, and its directory serves again", async (t) => {
  const dir = scratchFolder(t);
  const { host, pids } = await startHost(t, dir);
  assert.ok(listProcessesIn(dir).length >= 3);
  host.kill("SIGKILL");
  await until("everything is gone", () => listProcessesIn(dir).length === 0);
  assert.ok(!isAlive(pids.nats) && !isAlive(pids.postgres));
  await using services = await startEmbedded({ dir, identities: [], durable: false });
  assert.ok(isAlive(services.nats.pid));
});

test("a start right after the host was killed waits for what is still ending", async (t) => {
  const dir = scratchFolder(t);
  const { host, pids } = await startHost(t, dir);
  host.kill("SIGKILL");
  await once(host, "exit");
  await using services = await startEmbedded({ dir, identities: [], durable: false });
  assert.ok(!isAlive(pids.nats) && !isAlive(pids.postgres));
  assert.ok(isAlive(services.nats.pid) && isAlive(services.postgres.pid));
});

test("servers whose guards were killed too are ended by the next start", { skip: !isLinux() }, async (t) => {
  const dir = scratchFolder(t);
  const { host, pids } = await startHost(t, dir);
  for (const pid of listGuards(pids)) process.kill(pid, "SIGKILL");
  host.kill("SIGKILL");
  await once(host, "exit");
  assert.ok(isAlive(pids.nats) && isAlive(pids.postgres));
  await using services = await startEmbedded({ dir, identities: [], durable: false });
  assert.ok(!isAlive(pids.nats) && !isAlive(pids.postgres));
  assert.ok(isAlive(services.nats.pid) && isAlive(services.postgres.pid));
});

function isLinux(): boolean {
  return process.platform === "linux";
}

/** A guard is a shell in the session that its server leads. */
function listGuards({ nats, postgres }: Pids): number[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
        const session = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
        return stat.includes("(sh)") && [nats, postgres].includes(session);
      } catch {
        return false;
      }
    });
}

test("a second site in the same directory is refused with the pid of the first", async (t) => {
  const dir = scratchFolder(t);
  const { host, pids } = await startHost(t, dir);
  await assert.rejects(startEmbedded({ dir, identities: [], durable: false }), (error: unknown) => {
    assert.ok(error instanceof DirectoryInUseError);
    assert.equal(error.pid, host.pid);
    return true;
  });
  assert.ok(isAlive(pids.nats) && isAlive(pids.postgres));
});

test("a host that holds the directory's lock starts in it, and keeps the lock", async (t) => {
  const dir = scratchFolder(t);
  await using lock = await lockDirectory(dir);
  await (await startEmbedded({ dir, identities: [], durable: false, lock })).stop();
  await assert.rejects(lockDirectory(dir), DirectoryInUseError);
});

test("when one of them cannot start, the other is not left behind", async (t) => {
  const dir = scratchFolder(t);
  const broken = [{ name: "x", publicKey: "U", permissions: { publish: [], subscribe: [] } }];
  await assert.rejects(startEmbedded({ dir, identities: broken, durable: false }), IdentitiesRefusedError);
  await until("nothing runs", () => listProcessesIn(dir).length === 0);
  await using services = await startEmbedded({ dir, identities: [], durable: false });
  assert.ok(isAlive(services.postgres.pid));
});

test("the directory is closed to others", async (t) => {
  const dir = join(scratchFolder(t), "site");
  await using services = await startEmbedded({ dir, identities: [], durable: false });
  assert.ok(services.nats.url.startsWith("nats://127.0.0.1:"));
  for (const folder of [dir, join(dir, "postgres")]) assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(join(dir, "nats")).mode & 0o007, 0);
});
