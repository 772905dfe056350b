/**
 * What some BMCs do otherwise than the specification, by the names of FreeIPMI's `-W` (its manual names the machines).
 *
 * - `opensesspriv`: hashes the privilege of the Open Session Request instead of RAKP 1's; told the real one there.
 * - `authcap`: Get Channel Authentication Capabilities tells lies; what it says is not believed.
 * - `intel20`: wants user names padded with zeros to 16 bytes, and counts them so; tells back the privilege 0 that was
 *   asked for.
 * - `supermicro20`: RAKP 2's authentication code is one byte too long.
 * - `sun20`: RAKP 4's integrity check value is not truncated; implies `opensesspriv`.
 * - `nochecksumcheck`: computes the checksums of IPMI messages wrongly.
 * - `integritycheckvalue`: RAKP 4's integrity check value is not what it should be, and is not looked at. (FreeIPMI's
 *   manual has seen it with cipher suite 0, which is not spoken here.)
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
