# A load, from the network to the reboot: docs/boot-protocol.md, "What the ramdisk does".
. /lib/reveille/network.sh
. /lib/reveille/agent.sh
. /lib/reveille/disk.sh
. /lib/reveille/image.sh

load_node() {
  use_agent
  join_network
  report RELOADSETUP || rest
  fetch /v1/load /run/plan || rest
  DISK=$(planned disk)
  [ "$DISK" != auto ] || DISK=$(first_disk) || fail short-disk "this node has no disk"
  check_sizes
  check_manifests
  report RELOADING || rest
  [ "$(planned prepare)" != yes ] || wipe_metadata

  count=$(planned_images | wc -l)
  number=0
  while [ $number -lt "$count" ]; do
    number=$((number + 1))
    load_planned $number
  done
  sync
  report RELOADDONE ",\"loaded\":[$LOADED]" || rest
  echo "loaded; booting the disk"
  sleep 0.2
  reboot -f
}

# A node without a link can tell nobody; it does as soon as it can.
join_network() {
  INTERFACE=$(boot_interface) || fail_without_network
  ip link set lo up
  ip link set "$INTERFACE" up
  if await_carrier "$INTERFACE" 30; then
    configure "$INTERFACE"
  else
    echo "no link on $INTERFACE within 30 seconds"
    until await_carrier "$INTERFACE" 3600; do :; done
    configure "$INTERFACE"
    fail no-carrier "no link on $INTERFACE within 30 seconds"
  fi
}

fail_without_network() {
  echo "no interface has the address that this node booted from: $(kernel_argument reveille.mac)"
  rest
}

# A value of the plan: planned disk
planned() {
  sed -n "s/^$1 //p" /run/plan
}

planned_images() {
  sed -n 's/^image //p' /run/plan
}

# The plan's image number $1, once it is decided how it comes.
load_planned() {
  while planned_images | sed -n "$1p" | grep -q ' undecided$'; do
    fetch "/v1/load?image=$(planned_images | sed -n "$1p" | cut -d ' ' -f 1)" /run/plan || rest
  done
  # The words of one line of the plan: none holds a space or a pattern.
  # shellcheck disable=SC2046
  set -- $(planned_images | sed -n "$1p")
  target=$(target_device "$2")
  [ "$(size_of "$target")" -ge "$3" ] || fail short-disk "$1 has $3 bytes, and $target $(size_of "$target")"
  load_image "$1" "$target" "$3" "$4" "$6"
  [ "$(planned zero-free)" != yes ] || zero_after "$target" "$3"
  [ "$target" != "$DISK" ] || read_partitions
  LOADED="$LOADED${LOADED:+,}{\"image\":\"$1\",\"sha256\":\"$DIGEST\"}"
}

# Whole disks are checked before anything is written; a partition may be made by the image before its own.
check_sizes() {
  planned_images >/run/images
  while read -r image target bytes _; do
    [ "$target" != disk ] || [ "$(size_of "$DISK")" -ge "$bytes" ] ||
      fail short-disk "$image has $bytes bytes, and $DISK $(size_of "$DISK")"
  done </run/images
}

# And so is every image's manifest: a load that cannot be finished leaves the disk as it was.
check_manifests() {
  while read -r image _ _ _ digest _; do
    check_manifest "$image" "$digest"
  done </run/images
}
