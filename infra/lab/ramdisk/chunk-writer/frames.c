#define _GNU_SOURCE
#include "frames.h"
#include "fault.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* Frames that are read ahead, each of some 4 MiB. */
#define SLOTS 4
#define PIPE_BYTES (1024 * 1024)

struct frames {
  const struct manifest *manifest;
  size_t first, end;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  unsigned char *slots[SLOTS];
  size_t filled, taken; /* how many frames ever; the writer may use the slot of frame `taken - 1` */
  bool has_ended;
};

static bool read_whole(unsigned char *bytes, size_t length) {
  while (length > 0) {
    ssize_t got = read(STDIN_FILENO, bytes, length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    length -= (size_t)got;
  }
  return true;
}

static void *read_ahead(void *argument) {
  struct frames *frames = argument;
  bool is_whole = true;
  for (size_t i = frames->first; is_whole && i < frames->end; i++) {
    const struct extent *extent = &frames->manifest->extents[i];
    if (extent->is_zero) continue;
    pthread_mutex_lock(&frames->lock);
    while (frames->filled + 1 >= frames->taken + SLOTS) pthread_cond_wait(&frames->changed, &frames->lock);
    size_t slot = frames->filled % SLOTS;
    pthread_mutex_unlock(&frames->lock);
    is_whole = read_whole(frames->slots[slot], extent->file_length);
    pthread_mutex_lock(&frames->lock);
    if (is_whole) frames->filled++;
    pthread_cond_signal(&frames->changed);
    pthread_mutex_unlock(&frames->lock);
  }
  pthread_mutex_lock(&frames->lock);
  frames->has_ended = true;
  pthread_cond_signal(&frames->changed);
  pthread_mutex_unlock(&frames->lock);
  return NULL;
}

struct frames *read_frames(const struct manifest *manifest, size_t first, size_t count) {
  struct frames *frames = allocate(NULL, sizeof *frames);
  *frames = (struct frames){.manifest = manifest, .first = first, .end = first + count};
  size_t largest = 1;
  for (size_t i = first; i < frames->end; i++)
    if (manifest->extents[i].file_length > largest) largest = manifest->extents[i].file_length;
  for (int i = 0; i < SLOTS; i++) frames->slots[i] = allocate(NULL, largest);
  pthread_mutex_init(&frames->lock, NULL);
  pthread_cond_init(&frames->changed, NULL);
  /* Where standard input is a pipe, a larger one; otherwise this does nothing. */
  (void)fcntl(STDIN_FILENO, F_SETPIPE_SZ, PIPE_BYTES);
  pthread_t thread;
  if (pthread_create(&thread, NULL, read_ahead, frames) != 0) fail(STATUS_INPUT, "no thread to read by");
  pthread_detach(thread);
  return frames;
}

const unsigned char *next_frame(struct frames *frames) {
  pthread_mutex_lock(&frames->lock);
  while (frames->taken == frames->filled && !frames->has_ended) pthread_cond_wait(&frames->changed, &frames->lock);
  const unsigned char *frame = NULL;
  if (frames->taken < frames->filled) frame = frames->slots[frames->taken++ % SLOTS];
  pthread_cond_signal(&frames->changed);
  pthread_mutex_unlock(&frames->lock);
  return frame;
}
