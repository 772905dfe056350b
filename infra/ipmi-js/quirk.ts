/**
 * What some BMCs do otherwise than the specification, by the names of FreeIPMI's `-W` (its manual names the machines).
 *
 * - `opensesspriv`: hashes the privilege of the Open Session Request instead of RAKP 1's; told the real one there.
 * - `authcap`: Get Channel Authentication Capabilities tells lies; what it says is not believed.
 * - `intel20`: wants user names padded with zeros to 16 bytes, and counts them so.
 * - `supermicro20`: RAKP 2's authentication code is one byte too long.
 * - `sun20`: RAKP 4's integrity check value is not truncated; implies `opensesspriv`.
 * - `nochecksumcheck`: computes the checksums of IPMI messages wrongly.
 * - `integritycheckvalue`: RAKP 4 carries an integrity check value though the cipher suite has none.
 */
export type Quirk =
  "opensesspriv" | "authcap" | "intel20" | "supermicro20" | "sun20" | "nochecksumcheck" | "integritycheckvalue";

export const QUIRKS: readonly Quirk[] = [
  "opensesspriv",
  "authcap",
  "intel20",
  "supermicro20",
  "sun20",
  "nochecksumcheck",
  "integritycheckvalue",
];
