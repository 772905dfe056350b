// Installs the programs of other people that ipmi-js, the images and the DHCP configuration are tried against.
import { installMissing } from "../../infra/bootstrap/install-missing.mjs";

/** Each program, and the package of Debian that brings it. */
const PACKAGE_OF = {
  ipmitool: "ipmitool",
  ipmipower: "freeipmi-tools",
  "ipmi-chassis": "freeipmi-tools",
  ipmiconsole: "freeipmi-tools",
  ipmi_sim: "openipmi",
  powerman: "powerman",
  powermand: "powerman",
  script: "bsdutils",
  openssl: "openssl",
  dnsmasq: "dnsmasq-base",
  "kea-dhcp4": "kea-dhcp4-server",
};

await installMissing(PACKAGE_OF, {
  openipmi: "openipmi",
  powerman: "powerman",
  "kea-dhcp4-server": "kea-dhcp4-server",
});
