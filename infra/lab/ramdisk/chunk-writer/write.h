#ifndef WRITE_H
#define WRITE_H

#include "fault.h"
#include "manifest.h"

/*
 * Writes `count` extents from `first`: zeros at once, chunks from the frames on standard input. A frame is written only
 * if its digest is the manifest's. What lacks afterwards is told by the state.
 *
 * The first extent holds what a machine boots by: it is zeroed before anything else is written, and written when all the
 * rest lies on the disk. So a disk whose power was cut in the middle does not boot.
 *
 * A pass over all extents in which nothing lacked prints `sha256 HEX`: the digest of the raw image as it was written.
 */
enum status write_extents(const struct manifest *manifest, char *state, int disk, size_t first, size_t count);

/* Reads the raw image back from the disk and prints its digest, as above. */
void print_digest(const struct manifest *manifest, int disk);

#endif
