import type { TestContext } from "node:test";
import {
  type BmcOptions,
  type BmcServer,
  type BmcTarget,
  type Chassis,
  type ChassisOptions,
  type ControlRecord,
  type IpmiClient,
  type IpmiClientOptions,
  createChassis,
  createIpmiClient,
  startBmc,
} from "../../../../infra/ipmi-js/index.ts";

export const USERNAME = "admin";
export const PASSWORD = "correct-horse";

export interface TestBmc {
  readonly bmc: BmcServer;
  readonly chassis: Chassis;
  /** How to reach it with the right password. */
  readonly target: BmcTarget;
  /** Every control that reached the chassis, in order. */
  readonly controls: readonly ControlRecord[];
}

/** A BMC on a free port, with a machine behind it; both end with the test. */
export async function startTestBmc(
  t: TestContext,
  options: Partial<BmcOptions> & { readonly power?: ChassisOptions } = {},
): Promise<TestBmc> {
  const chassis = createChassis({ powerState: "on", ...options.power });
  const controls: ControlRecord[] = [];
  const bmc = await startBmc({
    address: "127.0.0.1",
    port: 0,
    users: [{ username: USERNAME, password: PASSWORD }],
    chassis,
    onControl: (record) => controls.push(record),
    ...options,
  });
  t.after(async () => {
    chassis.stop();
    await bmc.close();
  });
  const target = { address: bmc.address, port: bmc.port, username: USERNAME, password: PASSWORD };
  return { bmc, chassis, target, controls };
}

/** A client that is closed with the test. */
export function createTestClient(t: TestContext, options?: IpmiClientOptions): IpmiClient {
  const client = createIpmiClient(options);
  t.after(() => client.close());
  return client;
}
