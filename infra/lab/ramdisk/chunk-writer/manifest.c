#include "manifest.h"
#include "fault.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_CHUNK (64u * 1024 * 1024)
/* A frame of what does not compress is a little larger than its raw bytes. */
#define LARGEST_FRAME (LARGEST_CHUNK + LARGEST_CHUNK / 128 + 1024)

static bool read_digest(const char *hex, unsigned char *digest) {
  if (strlen(hex) != 2 * SHA256_BYTES) return false;
  for (int i = 0; i < SHA256_BYTES; i++)
    if (sscanf(hex + 2 * i, "%2hhx", &digest[i]) != 1) return false;
  return true;
}

static bool read_extent(const char *line, struct extent *extent) {
  char digest[65];
  *extent = (struct extent){0};
  if (sscanf(line, "zero %" SCNu64 " %" SCNu64, &extent->raw_offset, &extent->raw_length) == 2)
    return extent->is_zero = true;
  return sscanf(line, "chunk %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %64s", &extent->raw_offset,
                &extent->raw_length, &extent->file_offset, &extent->file_length, digest) == 5 &&
         read_digest(digest, extent->sha256);
}

/* Where the next extent has to begin. */
struct position {
  uint64_t raw, file;
};

static bool fits(const struct manifest *manifest, const struct extent *extent, struct position *next) {
  if (extent->raw_offset != next->raw || extent->raw_length == 0) return false;
  if (extent->raw_length > manifest->raw_size - next->raw) return false;
  next->raw += extent->raw_length;
  if (extent->is_zero) return true;
  if (extent->raw_length > manifest->chunk_size || extent->file_offset != next->file) return false;
  if (extent->file_length == 0 || extent->file_length > LARGEST_FRAME) return false;
  next->file += extent->file_length;
  return true;
}

struct manifest read_manifest(const char *path) {
  struct manifest manifest = {0};
  struct position next = {0};
  size_t room = 0, count;
  char line[512];
  bool has_end = false;
  FILE *file = fopen(path, "r");
  if (file == NULL) fail(STATUS_INPUT, "%s cannot be read", path);
  while (!has_end && fgets(line, sizeof line, file) != NULL) {
    struct extent extent;
    if (strchr(line, '\n') == NULL) fail(STATUS_INPUT, "%s has a line that is too long or cut off", path);
    if (sscanf(line, "chunk-size %" SCNu64, &manifest.chunk_size) == 1) continue;
    if (sscanf(line, "raw %" SCNu64, &manifest.raw_size) == 1) continue;
    if (sscanf(line, "file %" SCNu64, &manifest.file_size) == 1) continue;
    if (sscanf(line, "end %zu", &count) == 1) {
      has_end = count == manifest.count;
      break;
    }
    if (!read_extent(line, &extent)) continue;
    if (manifest.chunk_size > LARGEST_CHUNK || !fits(&manifest, &extent, &next))
      fail(STATUS_INPUT, "%s contradicts itself at extent %zu", path, manifest.count);
    if (manifest.count == room) {
      room = room == 0 ? 64 : 2 * room;
      manifest.extents = allocate(manifest.extents, room * sizeof extent);
    }
    manifest.extents[manifest.count++] = extent;
  }
  fclose(file);
  if (!has_end || manifest.count == 0 || next.raw != manifest.raw_size || next.file != manifest.file_size)
    fail(STATUS_INPUT, "%s is not whole", path);
  return manifest;
}
