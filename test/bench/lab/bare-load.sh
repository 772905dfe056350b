#!/bin/sh
# Loads machines that are off, and waits for their systems: what `reveille reload --booted` does, but for who may, and for
# remembering anything.
#
#   bare-load.sh FOLDER URL SHA256
#
# FOLDER/machines has a line for each, "BMC PORT USER PASSWORD MAC ADDRESS"; FOLDER/www is served at URL. What is posted
# there comes as a line on standard input: "ADDRESS LOADED STATUS DIGEST" of a ramdisk, 'ADDRESS {"state":"ISUP",…}' of a system.
set -eu
folder=$1 url=$2 digest=$3

cat >"$folder/www/boot.ipxe" <<END
#!ipxe
chain --replace $url/\${netX/mac:hexhyp}.ipxe
END

count=0
while read -r bmc port user password mac address; do
  script="$folder/www/$(echo "$mac" | tr : -).ipxe"
  ln -f -s "$script" "$folder/$address"
  cat >"$script" <<END
#!ipxe
kernel $url/kernel initrd=ramdisk console=ttyS0 quiet panic=5 bare.url=$url
initrd --name ramdisk $url/ramdisk
boot
END
  (
    export IPMI_PASSWORD="$password"
    ask() { ipmitool -I lanplus -C 3 -H "$bmc" -p "$port" -U "$user" -E "$@"; }
    ask chassis bootdev pxe
    ask chassis power on
  ) >/dev/null </dev/null &
  count=$((count + 1))
done <"$folder/machines"

up=0
while [ $up -lt $count ] && read -r address said; do
  case $said in
    "LOADED 0 $digest") printf '#!ipxe\nsanboot --no-describe --drive 0x80\n' >"$folder/$address" ;;
    *'"ISUP"'*) up=$((up + 1)) ;;
    *)
      echo "$address: $said" >&2
      exit 1
      ;;
  esac
done
wait
[ $up = $count ]
