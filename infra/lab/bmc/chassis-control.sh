#!/bin/sh
# What ipmi_sim asks and tells the machine of the folder $1: `get power|boot`, or `set power 0|1`, `set reset|shutdown 1`,
# `set boot none|pxe|default|cdrom|bios`. It returns at once: ipmi_sim stands still meanwhile, and clients ask again. What
# is set goes into the pipe `controls`; in the files `power` and `boot` lies what is so.
set -eu
cd "$1"
case $2 in
  get) echo "$3:$(cat "$3")" ;;
  set) echo "$3 $4" >controls ;;
esac
