# The conversation with the boot agent: docs/boot-protocol.md. The token stands in a file alone, never in an argument.
# JSON is made by printf of values that hold no quote: names, numbers, digests, and text that `plain` let through.

AUTHORIZATION=/run/authorization

use_agent() {
  URL=$(kernel_argument reveille.boot)
  (umask 077 && echo "Bearer $(kernel_argument reveille.token)" >$AUTHORIZATION)
}

# call PATH [OPTION]...: boot-call.c says which options there are, and what its status means.
call() {
  path=$1
  shift
  boot-call -a $AUTHORIZATION "$@" "$URL$path"
}

# The same, until there is an answer: 0, or 2 when it was refused.
call_until_answered() {
  while :; do
    call "$@"
    answered=$?
    [ $answered = 1 ] || return $answered
    sleep 1
  done
}

# Text as JSON may hold it between quotes, and at most so long as the boot agent takes it.
plain() {
  tr -c 'A-Za-z0-9 .,:;()/_=+-' ' ' | cut -c 1-500
}

# report STATE [MORE], MORE as further members of the JSON object.
report() {
  echo "reporting $1"
  printf '{"state":"%s"%s}' "$1" "$2" >/run/report
  call_until_answered /v1/state -p application/json /run/report
}

# Writes the answer to a file: fetch PATH FILE
fetch() {
  call_until_answered "$1" >"$2"
}

# The process that tells the progress, while there is one.
TELLER=

# The end of the way: fail REASON TEXT. The log first, so that it is there when the result is written.
fail() {
  echo "failed: $1: $2"
  [ -z "$TELLER" ] || kill "$TELLER"
  tail -c 16000 /run/log >/run/log.end
  call_until_answered /v1/log -p text/plain /run/log.end
  report TBFAILED ",\"failure\":\"$1\",\"detail\":\"$(printf %s "$2" | plain)\""
  rest
}

# There is nothing more to do until the power is cut.
rest() {
  echo "waiting for the power to be cut"
  while :; do sleep 3600; done
}
