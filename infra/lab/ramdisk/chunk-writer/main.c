/*
 * chunk-writer: writes an image, as infra/images/README.md has it, to a disk. It reads no network: what comes on standard
 * input is untrusted until its digest is the signed manifest's. The shell around it brings the bytes, by HTTP or udpcast.
 *
 *   chunk-writer write MANIFEST STATE DISK [FIRST COUNT]   the frames of these extents (all of them) from standard input
 *   chunk-writer gaps MANIFEST STATE                       what lacks: FIRST COUNT, and the file's first and last byte
 *   chunk-writer wrong MANIFEST STATE                      how many chunks came with another digest and lack still
 *   chunk-writer written MANIFEST STATE                    how many raw bytes are written
 *   chunk-writer digest MANIFEST DISK                      the digest of the raw image, read back from the disk
 *   chunk-writer verify KEY MANIFEST SIGNATURE             whether it is signed by this key: status 0 or 1
 *   chunk-writer zero DISK FROM LENGTH                     zeros there
 *
 * fault.h has the exit statuses.
 */
#include "disk.h"
#include "fault.h"
#include "manifest.h"
#include "signature.h"
#include "state.h"
#include "write.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t number(const char *text) {
  char *end;
  errno = 0;
  unsigned long long value = strtoull(text, &end, 10);
  if (*text < '0' || *text > '9' || *end != '\0' || errno != 0) fail(STATUS_INPUT, "'%s' is no number", text);
  return value;
}

static enum status write_command(int count, char **words) {
  struct manifest manifest = read_manifest(words[0]);
  char *state = open_state(words[1], &manifest);
  size_t first = count == 5 ? number(words[3]) : 0;
  size_t extents = count == 5 ? number(words[4]) : manifest.count;
  if (first >= manifest.count || extents > manifest.count - first) fail(STATUS_INPUT, "there are no such extents");
  return write_extents(&manifest, state, open_disk(words[2]), first, extents);
}

int main(int count, char **words) {
  const char *command = count > 1 ? words[1] : "";
  struct manifest manifest;
  if (strcmp(command, "write") == 0 && (count == 5 || count == 7)) return (int)write_command(count - 2, words + 2);
  if (strcmp(command, "verify") == 0 && count == 5)
    return is_signed_by(words[2], words[3], words[4]) ? STATUS_DONE : STATUS_LACKING;
  if (strcmp(command, "zero") == 0 && count == 5) {
    int disk = open_disk(words[2]);
    zero_disk(disk, number(words[3]), number(words[4]));
    sync_disk(disk);
    return STATUS_DONE;
  }
  if (count != 4) fail(STATUS_INPUT, "no command '%s' with %d words", command, count - 2);
  manifest = read_manifest(words[2]);
  if (strcmp(command, "gaps") == 0) print_gaps(open_state(words[3], &manifest), &manifest);
  else if (strcmp(command, "wrong") == 0) {
    const char *state = open_state(words[3], &manifest);
    size_t wrong = 0;
    for (size_t i = 0; i < manifest.count; i++) wrong += state[i] == EXTENT_WRONG;
    printf("%zu\n", wrong);
  } else if (strcmp(command, "written") == 0)
    printf("%llu\n", (unsigned long long)done_bytes(open_state(words[3], &manifest), &manifest));
  else if (strcmp(command, "digest") == 0) print_digest(&manifest, open_disk(words[3]));
  else fail(STATUS_INPUT, "no command '%s'", command);
  return STATUS_DONE;
}
