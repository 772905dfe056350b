import type { Channel } from "./channel.ts";

/** The settings of a site's sessions. */
export interface SenderSettings {
  /** The interface that the nodes are reached by; it needs a broadcast address. */
  readonly interface: string;
  /** After the first receiver has joined, how long the others are waited for, in seconds; default 20. */
  readonly joinWindowS?: number;
  /** With nobody there, when to give up, in seconds; default 60. */
  readonly giveUpS?: number;
  /** A limit that sessions keep beside other traffic, in Mbit/s; default none. */
  readonly maxMbitPerSecond?: number;
}

/** What udp-sender (1 of udpcast, 20120424) is told for one session. */
export function senderArguments(
  { interface: networkInterface, joinWindowS = 20, giveUpS = 60, maxMbitPerSecond }: SenderSettings,
  session: { readonly imageFile: string; readonly channel: Channel; readonly receivers: number },
): readonly string[] {
  const { imageFile, channel, receivers } = session;
  return [
    ...["--file", imageFile, "--interface", networkInterface, "--portbase", String(channel.portBase)],
    ...["--mcast-data-address", channel.group, "--mcast-rdv-address", channel.group],
    ...["--min-receivers", String(receivers), "--max-wait", String(joinWindowS), "--start-timeout", String(giveUpS)],
    // Two-way, so that a lost block is sent again; a receiver that stays silent for 20 tries is dropped (about 11 s):
    // without a limit it would hold up the others for minutes.
    ...["--full-duplex", "--retries-until-drop", "20", "--nokbd", "--no-progress"],
    ...(maxMbitPerSecond === undefined ? [] : ["--max-bitrate", `${maxMbitPerSecond}m`]),
  ];
}
