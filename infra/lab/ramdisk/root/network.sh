# The node's network: the interface that it booted from, with the address that DHCP gives it.

# Prints an argument of the kernel's command line: kernel_argument reveille.boot
kernel_argument() {
  tr ' ' '\n' </proc/cmdline | sed -n "s|^$1=||p"
}

# Prints the interface that the node booted from.
boot_interface() {
  address=$(kernel_argument reveille.mac)
  for interface in /sys/class/net/*; do
    if [ "$(cat "$interface/address")" = "$address" ]; then
      basename "$interface"
      return
    fi
  done
  return 1
}

# Waits up to $2 seconds for a link on interface $1.
await_carrier() {
  waited=0
  while [ "$(cat "/sys/class/net/$1/carrier" 2>/dev/null)" != 1 ]; do
    [ "$waited" -lt "$2" ] || return 1
    sleep 1
    waited=$((waited + 1))
  done
}

# Asks for an address until there is one: what the boot loader got, the ramdisk will get.
configure() {
  until udhcpc -i "$1" -n -q -f -t 5 -T 2 -s /lib/reveille/dhcp.sh; do
    echo "no answer by DHCP on $1; asking again"
    sleep 2
  done
}
