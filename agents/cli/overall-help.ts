/** What the overall help teaches beneath the table of commands. */
export const overallHelp = `
NODES, in a shell in quotes:
  pc1 pc[2-9,12] rack3-n[01-40]   names and ranges, parted by commas or spaces; leading zeros are kept
  !pc3, -x pc3                    all but these
  @free @all @TYPE @PROJ/EXP      groups of the inventory
  @file:PATH, -                   names listed in a file or on stdin; # begins a comment

Which site, and who asks: --context FILE, else $REVEILLE_CONTEXT, else ./.reveille/context.json, else
~/.config/reveille/context.json. An operation goes on without whoever began it: 'reveille wait OP', from anywhere,
shows the same results.

Exit status: 0 all nodes succeeded; 1-250 so many did not (250: or more); 253 it is unknown what became of the
command; 254 Ctrl-C, the operation goes on; 255 refused as a whole, nothing was touched.

Examples:
  reveille up                                      a site with 24 simulated nodes, to try things on
  reveille nodes                                   what there is
  reveille reboot 'pc[1-8]' --wait                 reboot eight nodes, and wait until they are up
  reveille power status @all                       who is on
  reveille reboot -e demo/lab --async              print the operation's id and return
  reveille wait OP --json                          its results, from anywhere, as one JSON document
`;
