# The conversation with the boot agent: docs/boot-protocol.md. The token stands in a file alone, never in an argument.
# JSON is made by printf of values that hold no quote: names, numbers, digests, and text that `plain` let through.

AUTHORIZATION=/run/authorization

use_agent() {
  URL=$(kernel_argument reveille.url)
  (umask 077 && echo "Authorization: Bearer $(kernel_argument reveille.token)" >$AUTHORIZATION)
}

# curl with what every request has: call PATH [OPTION]...
call() {
  path=$1
  shift
  curl --silent --show-error --header @$AUTHORIZATION --connect-timeout 5 --speed-limit 1 --speed-time 60 "$@" "$URL$path"
}

# Text as JSON may hold it between quotes, and at most so long as the boot agent takes it.
plain() {
  tr -c 'A-Za-z0-9 .,:;()/_=+-' ' ' | cut -c 1-500
}

# Whether a status says that asking again is useless: everything of the 400s but "too many requests".
is_refusal() {
  case $1 in 429) false ;; 4??) true ;; *) false ;; esac
}

# Posts a file until it is taken: post PATH TYPE FILE. Fails when it is refused: another boot has taken this one's place.
post() {
  while :; do
    status=$(call "$1" --output /dev/null --write-out '%{http_code}' --header "Content-Type: $2" --data-binary "@$3")
    case $status in 2??) return ;; esac
    if is_refusal "$status"; then
      echo "the boot agent refused $1: $status"
      return 1
    fi
    sleep 1
  done
}

# report STATE [MORE], MORE as further members of the JSON object.
report() {
  echo "reporting $1"
  printf '{"state":"%s"%s}' "$1" "$2" >/run/report
  post /v1/state application/json /run/report
}

# Writes the answer to a file: fetch PATH FILE. Repeats until there is one; fails when it is refused.
fetch() {
  until status=$(call "$1" --output "$2" --write-out '%{http_code}') && [ "$status" = 200 ]; do
    if is_refusal "$status"; then
      echo "the boot agent refused $1: $status"
      return 1
    fi
    sleep 1
  done
}

# The process that tells the progress, while there is one.
TELLER=

# The end of the way: fail REASON TEXT. The log first, so that it is there when the result is written.
fail() {
  echo "failed: $1: $2"
  [ -z "$TELLER" ] || kill "$TELLER"
  tail -c 16000 /run/log >/run/log.end
  post /v1/log text/plain /run/log.end
  report TBFAILED ",\"failure\":\"$1\",\"detail\":\"$(echo "$2" | plain)\""
  rest
}

# There is nothing more to do until the power is cut.
rest() {
  echo "waiting for the power to be cut"
  while :; do sleep 3600; done
}
