#define _GNU_SOURCE
#include "state.h"
#include "fault.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

char *open_state(const char *path, const struct manifest *manifest) {
  struct stat status;
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || fstat(file, &status) != 0) fail(STATUS_INPUT, "%s cannot be opened", path);
  bool is_new = status.st_size == 0;
  if (is_new && ftruncate(file, (off_t)manifest->count) != 0) fail(STATUS_INPUT, "%s cannot be made", path);
  if (!is_new && (size_t)status.st_size != manifest->count) fail(STATUS_INPUT, "%s is of another manifest", path);
  char *state = mmap(NULL, manifest->count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (state == MAP_FAILED) fail(STATUS_INPUT, "%s cannot be mapped", path);
  close(file);
  if (is_new) memset(state, EXTENT_LACKING, manifest->count);
  return state;
}

uint64_t done_bytes(const char *state, const struct manifest *manifest) {
  uint64_t bytes = 0;
  for (size_t i = 0; i < manifest->count; i++)
    if (state[i] == EXTENT_DONE) bytes += manifest->extents[i].raw_length;
  return bytes;
}

static bool is_lacking(const char *state, const struct manifest *manifest, size_t i) {
  return !manifest->extents[i].is_zero && state[i] != EXTENT_DONE;
}

void print_gaps(const char *state, const struct manifest *manifest) {
  for (size_t i = 0; i < manifest->count; i++) {
    if (!is_lacking(state, manifest, i)) continue;
    size_t first = i;
    while (i + 1 < manifest->count && is_lacking(state, manifest, i + 1)) i++;
    const struct extent *last = &manifest->extents[i];
    printf("%zu %zu %llu %llu\n", first, i + 1 - first, (unsigned long long)manifest->extents[first].file_offset,
           (unsigned long long)(last->file_offset + last->file_length - 1));
  }
}
