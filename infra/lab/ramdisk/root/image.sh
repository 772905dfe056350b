# One image onto one target. chunk-writer checks and writes; here is where the bytes come from.

# How often a chunk may arrive with another digest than the manifest's before the image is given up.
MAX_WRONG_PASSES=3

# What a socket holds, bytes, while the disk is slow: what does not fit is sent anew, to everybody.
RECEIVE_BUFFER=4194304

# Fetches and checks the manifest: check_manifest NAME SHA256. It is signed for this very name: others of the site are
# signed, too. It stays as /run/manifest.NAME.
check_manifest() {
  MANIFEST=/run/manifest.$1
  fetch "/v1/images/$1/manifest" "$MANIFEST" || rest
  fetch "/v1/images/$1/signature" /run/signature || rest
  [ "$(sha256sum <"$MANIFEST" | cut -d ' ' -f 1)" = "$2" ] ||
    fail signature-mismatch "the manifest of $1 is not the one that was planned"
  chunk-writer verify /lib/reveille/image-key.pem "$MANIFEST" /run/signature ||
    fail signature-mismatch "the manifest of $1 is not signed with the key of this site"
  [ "$(sed -n 2p "$MANIFEST")" = "image $1" ] ||
    fail signature-mismatch "the manifest of $1 is that of another image"
}

# Runs chunk-writer with the rest of the line, and keeps what it says on standard output in /run/written.
write_chunks() {
  chunk-writer write "$MANIFEST" /run/state "$TARGET" "$@" >/run/written 2>/run/complaint
  case $? in 0 | 1) ;; *) fail write-error "$(cat /run/complaint)" ;; esac
}

# by_http FIRST COUNT FROM TO: these extents, which are these bytes of the file. Asked a chunk or a gigabyte, it is one request.
by_http() {
  call "/v1/images/$IMAGE/data" -r "$3-$4" | write_chunks "$1" "$2"
}

# by_multicast GROUP:PORT: all of the file, as far as it comes.
by_multicast() {
  echo $RECEIVE_BUFFER >/proc/sys/net/core/rmem_max
  udp-receiver --nokbd --no-progress --interface "$INTERFACE" --portbase "${1#*:}" --mcast-rdv-address "${1%:*}" \
    --rcvbuf $RECEIVE_BUFFER --start-timeout 60 --receive-timeout 20 | write_chunks
}

# What lacks, as often as there is any. A server that is away is waited for: how long, the reload agent decides.
repair() {
  wrong_passes=0
  while chunk-writer gaps "$MANIFEST" /run/state >/run/gaps && [ -s /run/gaps ]; do
    before=$(chunk-writer written "$MANIFEST" /run/state)
    while read -r first count from to <&3; do
      by_http "$first" "$count" "$from" "$to"
    done 3</run/gaps
    [ "$(chunk-writer wrong "$MANIFEST" /run/state)" = 0 ] || wrong_passes=$((wrong_passes + 1))
    [ "$wrong_passes" -lt $MAX_WRONG_PASSES ] ||
      fail hash-mismatch "$(chunk-writer wrong "$MANIFEST" /run/state) chunks of $IMAGE came otherwise than signed"
    [ "$(chunk-writer written "$MANIFEST" /run/state)" != "$before" ] || sleep 1
  done
}

# Says how far it is, of so many bytes.
tell_progress() {
  printf '{"image":"%s","bytesWritten":%s,"bytesTotal":%s,"transport":"%s"}' "$IMAGE" \
    "$(chunk-writer written "$MANIFEST" /run/state)" "$1" "$(cat /run/transport)" >/run/progress
  call /v1/progress -p application/json /run/progress
}

# The same every two seconds; a report that does not arrive is made up for by the next.
keep_telling() {
  while sleep 2; do tell_progress "$1"; done
}

# load_image NAME TARGET RAW_BYTES FILE_BYTES TRANSPORT: sets DIGEST to the digest of what lies on the target. The manifest
# was checked.
load_image() {
  IMAGE=$1 TARGET=$2 transport=$5
  MANIFEST=/run/manifest.$IMAGE
  rm -f /run/state
  echo "${transport%%:*}" >/run/transport
  chunk-writer gaps "$MANIFEST" /run/state >/run/gaps || fail signature-mismatch "the manifest of $IMAGE cannot be read"
  keep_telling "$3" &
  TELLER=$!
  case $transport in
    multicast:*) by_multicast "${transport#*:}" ;;
    *) by_http 0 "$(sed -n 's/^end //p' "$MANIFEST")" 0 "$(($4 - 1))" ;;
  esac
  DIGEST=$(sed -n 's/^sha256 //p' /run/written)
  if [ -z "$DIGEST" ]; then
    echo "fetching what lacks of $IMAGE by HTTP"
    echo http >/run/transport
    repair
    chunk-writer digest "$MANIFEST" "$TARGET" >/run/written || fail write-error "$TARGET cannot be read"
    DIGEST=$(sed -n 's/^sha256 //p' /run/written)
  fi
  kill "$TELLER"
  tell_progress "$3"
  [ "$DIGEST" = "$(sed -n 's/^raw [0-9]* //p' "$MANIFEST")" ] ||
    fail hash-mismatch "$TARGET holds $DIGEST after $IMAGE was written"
}
