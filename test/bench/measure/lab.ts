import type { LabTimes, LoadTime } from "../lab/lab-process.ts";
import { runInOwnNamespace, whyNoNamespace } from "../own-namespace.ts";
import { type Table, median } from "../table.ts";

const rounds = 5;

/** A reload of two machines in QEMU, from power-on to ISUP, beside a shell script that does the same, in turn. */
export async function measureLab(): Promise<Table> {
  const columns = ["two machines in QEMU", "since power-on, s: median", "range", "beside the script", "since asked, s"];
  const note = whyNoNamespace();
  if (note !== undefined) return { columns, rows: [], note };
  const { ours, bare } = await runInOwnNamespace<LabTimes>("lab/lab-process.ts", String(rounds));
  const sincePowerOn = (times: readonly LoadTime[]) => times.map(({ sincePowerOnMs }) => sincePowerOnMs / 1_000);
  const rowOf = (name: string, times: readonly LoadTime[]) => {
    const seconds = sincePowerOn(times);
    const range = `${Math.min(...seconds).toFixed(1)}–${Math.max(...seconds).toFixed(1)}`;
    const ratio = median(seconds) / median(sincePowerOn(bare));
    const sinceAsked = median(times.map(({ sinceAskedMs }) => sinceAskedMs / 1_000));
    return [name, median(seconds).toFixed(1), range, ratio.toFixed(2), sinceAsked.toFixed(1)];
  };
  return {
    columns,
    rows: [rowOf("`ipmitool`, `wget | zstd -d | dd`, `sha256sum`", bare), rowOf("`reveille reload --booted`", ours)],
    note:
      `${rounds} rounds, in turn, on the same kernel, disk image and lab. Until whoever asked knows that both are up. Before it ` +
      "powers a node on, Reveille probes for 2 s whether it is up and has the BMC say that it is off; the script takes that for granted.",
  };
}
