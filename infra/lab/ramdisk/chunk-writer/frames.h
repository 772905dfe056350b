#ifndef FRAMES_H
#define FRAMES_H

#include "manifest.h"

/* The frames of some extents as they come on standard input, read ahead by a thread of their own: so the network goes on
   while the disk is written. */
struct frames;

/* Reads the frames of the chunks among `count` extents from `first`; they lie in the file one after the other. */
struct frames *read_frames(const struct manifest *manifest, size_t first, size_t count);

/* The next chunk's frame, valid until the next call; NULL when the input ended before it was whole. */
const unsigned char *next_frame(struct frames *frames);

#endif
