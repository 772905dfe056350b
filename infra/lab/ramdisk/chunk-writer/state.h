#ifndef STATE_H
#define STATE_H

#include "manifest.h"

/* What was done of a manifest: a file with one letter an extent, which outlives a chunk-writer and can be read meanwhile. */
#define EXTENT_LACKING '.'
#define EXTENT_WRONG 'x'
#define EXTENT_DONE '+'

/* Maps the file, made if it is missing. */
char *open_state(const char *path, const struct manifest *manifest);

/* Raw bytes done. */
uint64_t done_bytes(const char *state, const struct manifest *manifest);

/* One line for each run of chunks that lack: first extent, number of extents, first and last byte of the file. */
void print_gaps(const char *state, const struct manifest *manifest);

#endif
