# The node's disk. Sizes in bytes.

# The first disk in the order of names that holds anything and cannot be taken out; fails if there is none.
first_disk() {
  for entry in /sys/block/vd* /sys/block/sd* /sys/block/nvme*n*; do
    if [ -e "$entry" ] && [ "$(cat "$entry/removable")" = 0 ] && [ "$(cat "$entry/size")" -gt 0 ]; then
      echo "/dev/${entry##*/}"
      return
    fi
  done
  return 1
}

# 0 for what is not there.
size_of() {
  blockdev --getsize64 "$1" 2>/dev/null || echo 0
}

# The plan's target as a device file: disk, or partition:N (of nvme0n1 that is nvme0n1pN).
target_device() {
  case $1 in
    disk) echo "$DISK" ;;
    partition:*) case $DISK in *[0-9]) echo "${DISK}p${1#*:}" ;; *) echo "$DISK${1#*:}" ;; esac ;;
  esac
}

# The kernel learns the partitions that an image brought.
read_partitions() {
  blockdev --rereadpt "$DISK" || echo "the kernel keeps the old partitions of $DISK"
}

# Whatever an operating system would find of an older one: partition tables at both ends, RAID and LVM at those of every
# partition (mdadm(8) keeps its superblock within 4 KiB of the beginning or 128 KiB of the end).
wipe_metadata() {
  echo "wiping old metadata on $DISK"
  for device in "$DISK"?* "$DISK"; do
    size=$(size_of "$device")
    [ "$size" -ge 2097152 ] || continue
    chunk-writer zero "$device" 0 1048576 || fail write-error "$device cannot be wiped"
    chunk-writer zero "$device" $((size - 1048576)) 1048576 || fail write-error "$device cannot be wiped"
  done
  read_partitions
}

# Zeros from byte $2 to the end of $1: nothing that was there before the load can be read afterwards.
zero_after() {
  echo "zeroing the rest of $1"
  chunk-writer zero "$1" "$2" $(($(size_of "$1") - $2)) || fail write-error "the rest of $1 cannot be zeroed"
}
