#!/bin/sh
# The machine behind ipmi_sim, for chassis_control: `get power|boot`, or `set power 0|1`, `set reset|shutdown 1`,
# `set boot none|pxe|default|cdrom|bios`. Beside it lie its state, in the files power and boot, and in the file controls
# a line for each `set`.
set -eu
cd "$(dirname "$0")"
verb=$1 what=$2
case $verb in
  get) echo "$what:$(cat "$what")" ;;
  set)
    case $what in power | boot)
      # Whole or not at all: it may be read meanwhile.
      echo "$3" >"$what.new"
      mv "$what.new" "$what"
      ;;
    esac
    echo "$what $3" >>controls
    ;;
esac
