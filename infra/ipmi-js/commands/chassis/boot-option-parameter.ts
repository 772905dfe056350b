/** Selectors of System Boot Options, IPMI 2.0 table 28-14. */
export const BOOT_PARAMETER = {
  setInProgress: 0,
  servicePartitionSelector: 1,
  servicePartitionScan: 2,
  /** Which events do not clear the boot flags, as 5 bits. */
  flagValidBitClearing: 3,
  /** Who has handled the flags already: mask, then data. */
  infoAcknowledge: 4,
  bootFlags: 5,
  initiatorInfo: 6,
  initiatorMailbox: 7,
} as const;

/** A parameter of the System Boot Options, undecoded. */
export interface BootOptionParameter {
  readonly selector: number;
  readonly data: Uint8Array;
}
