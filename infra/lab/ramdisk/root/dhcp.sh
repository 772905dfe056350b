#!/bin/sh
# What udhcpc calls with what it learnt: udhcpc(8) names the variables.
# shellcheck disable=SC2154
case $1 in
  bound | renew)
    # `brd +` matters: without a broadcast address udp-receiver sends its hello to 0.0.0.0, and never joins.
    ip addr replace "$ip/$mask" brd + dev "$interface"
    for server in $dns; do echo "nameserver $server"; done >/etc/resolv.conf
    if [ -n "$router" ]; then ip route replace default via "${router%% *}"; fi
    ;;
esac
