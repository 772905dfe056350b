import assert from "node:assert/strict";
import { test } from "node:test";
import { runCommandLine } from "../../../../infra/simulator/ssh/command-line.ts";

function systemUnderTest() {
  const deeds: string[] = [];
  const system = {
    bootId: "6b9be723-7006-4ea5-bb25-0e707beb1daf",
    reboot: () => void deeds.push("reboot"),
    reconfigure: async () => void deeds.push("reconfigure"),
  };
  return { deeds, system };
}

const bootIdCommand = "cat /proc/sys/kernel/random/boot_id";
const printed = "6b9be723-7006-4ea5-bb25-0e707beb1daf\n";

const known = [
  { line: bootIdCommand, stdout: printed, deeds: [] },
  { line: "reboot", stdout: "", deeds: ["reboot"] },
  { line: "/sbin/reboot", stdout: "", deeds: ["reboot"] },
  { line: "shutdown -r now", stdout: "", deeds: ["reboot"] },
  { line: "reveille-reconfigure", stdout: "", deeds: ["reconfigure"] },
  { line: "reveille-prepare", stdout: "", deeds: [] },
  { line: `${bootIdCommand}; reboot`, stdout: printed, deeds: ["reboot"] },
  { line: `${bootIdCommand} && /sbin/reboot`, stdout: printed, deeds: ["reboot"] },
];

for (const { line, stdout, deeds: expected } of known) {
  test(`"${line}" does what it says and exits 0`, async () => {
    const { deeds, system } = systemUnderTest();

    assert.deepEqual(await runCommandLine(line, system), { stdout, stderr: "", exitCode: 0 });
    assert.deepEqual(deeds, expected);
  });
}

for (const line of ["ls", "", "toString", "reboot now", `${bootIdCommand} /etc/passwd`]) {
  test(`"${line}" is not found, exits 127 and does nothing`, async () => {
    const { deeds, system } = systemUnderTest();

    const { exitCode, stderr } = await runCommandLine(line, system);

    assert.equal(exitCode, 127);
    assert.match(stderr, /not found/);
    assert.deepEqual(deeds, []);
  });
}

test("what is not found ends the line", async () => {
  const { deeds, system } = systemUnderTest();

  const result = await runCommandLine(`${bootIdCommand}; sync; reboot`, system);

  assert.equal(result.exitCode, 127);
  assert.equal(result.stdout, printed);
  assert.deepEqual(deeds, []);
});
