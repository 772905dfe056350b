#ifndef MANIFEST_H
#define MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32

/* A part of the raw image: a zstd frame of the file, or zeros that the file leaves out. Offsets and lengths in bytes. */
struct extent {
  bool is_zero;
  uint64_t raw_offset, raw_length;
  uint64_t file_offset, file_length;
  unsigned char sha256[SHA256_BYTES]; /* of the frame, compressed */
};

/* infra/images/README.md has the format. The extents cover the raw image, the chunks the file: both in order, without a gap. */
struct manifest {
  uint64_t chunk_size, raw_size, file_size;
  size_t count;
  struct extent *extents;
};

/*
 * Reads a manifest whose signature was checked. Whatever else is wrong with it (and could have us read or write beyond a
 * buffer) ends the program with status 2 and a sentence.
 */
struct manifest read_manifest(const char *path);

#endif
