#!/bin/sh
# What udhcpc calls with what it learnt: udhcpc(8) names the variables.
# shellcheck disable=SC2154
case $1 in
  bound | renew)
    ip addr replace "$ip/$mask" brd + dev "$interface"
    echo "$serverid" >/run/server
    ;;
esac
