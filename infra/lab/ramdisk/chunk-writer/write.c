#include "write.h"
#include "disk.h"
#include "frames.h"
#include "state.h"
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define PIECE_BYTES (1024 * 1024)

static EVP_MD_CTX *begin_digest(void) {
  EVP_MD_CTX *digest = EVP_MD_CTX_new();
  if (digest == NULL || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1) fail(STATUS_INPUT, "no SHA-256 here");
  return digest;
}

static void end_digest(EVP_MD_CTX *digest) {
  unsigned char bytes[SHA256_BYTES];
  EVP_DigestFinal_ex(digest, bytes, NULL);
  EVP_MD_CTX_free(digest);
  fputs("sha256 ", stdout);
  for (int i = 0; i < SHA256_BYTES; i++) printf("%02x", bytes[i]);
  putchar('\n');
}

static void add_zeros(EVP_MD_CTX *digest, uint64_t length) {
  static unsigned char zeros[PIECE_BYTES];
  for (; length > PIECE_BYTES; length -= PIECE_BYTES) EVP_DigestUpdate(digest, zeros, PIECE_BYTES);
  EVP_DigestUpdate(digest, zeros, (size_t)length);
}

static bool has_digest(const struct extent *extent, const unsigned char *frame) {
  unsigned char digest[SHA256_BYTES];
  return EVP_Digest(frame, extent->file_length, digest, NULL, EVP_sha256(), NULL) == 1 &&
         memcmp(digest, extent->sha256, SHA256_BYTES) == 0;
}

/* Whether the frame is the manifest's and became exactly the raw bytes that it says. */
static bool unpack(const struct extent *extent, const unsigned char *frame, unsigned char *raw) {
  static ZSTD_DCtx *context;
  if (context == NULL && (context = ZSTD_createDCtx()) == NULL) fail(STATUS_INPUT, "no memory to decompress with");
  if (!has_digest(extent, frame)) return false;
  return ZSTD_decompressDCtx(context, raw, extent->raw_length, frame, extent->file_length) == extent->raw_length;
}

static bool is_rest_done(const struct manifest *manifest, const char *state) {
  for (size_t i = 1; i < manifest->count; i++)
    if (state[i] != EXTENT_DONE) return false;
  return true;
}

/* The boot sector's turn: the rest lies on the disk before it does. */
static void write_first(const struct manifest *manifest, char *state, int disk, const unsigned char *raw) {
  sync_disk(disk);
  write_disk(disk, raw, manifest->extents[0].raw_length, 0);
  sync_disk(disk);
  state[0] = EXTENT_DONE;
}

enum status write_extents(const struct manifest *manifest, char *state, int disk, size_t first, size_t count) {
  unsigned char *raw = allocate(NULL, manifest->chunk_size);
  unsigned char *first_raw = allocate(NULL, manifest->chunk_size);
  bool has_first = false, is_whole = count == manifest->count;
  struct frames *frames = read_frames(manifest, first, count);
  EVP_MD_CTX *digest = begin_digest();

  if (first == 0 && state[0] != EXTENT_DONE) {
    zero_disk(disk, 0, manifest->extents[0].raw_length);
    sync_disk(disk);
  }
  for (size_t i = first; i < first + count; i++) {
    const struct extent *extent = &manifest->extents[i];
    if (extent->is_zero) {
      if (state[i] != EXTENT_DONE) zero_disk(disk, extent->raw_offset, extent->raw_length);
      state[i] = EXTENT_DONE;
      if (is_whole) add_zeros(digest, extent->raw_length);
      continue;
    }
    const unsigned char *frame = next_frame(frames);
    unsigned char *target = i == 0 ? first_raw : raw;
    if (frame == NULL || !unpack(extent, frame, target)) {
      if (frame != NULL) state[i] = EXTENT_WRONG;
      is_whole = false;
      continue;
    }
    if (is_whole) EVP_DigestUpdate(digest, target, extent->raw_length);
    if (i == 0) has_first = true;
    else {
      write_disk(disk, raw, extent->raw_length, extent->raw_offset);
      state[i] = EXTENT_DONE;
    }
  }
  sync_disk(disk);
  if (has_first && is_rest_done(manifest, state)) write_first(manifest, state, disk, first_raw);
  if (is_whole) end_digest(digest);
  return state[0] == EXTENT_DONE && is_rest_done(manifest, state) ? STATUS_DONE : STATUS_LACKING;
}

void print_digest(const struct manifest *manifest, int disk) {
  unsigned char *piece = allocate(NULL, PIECE_BYTES);
  EVP_MD_CTX *digest = begin_digest();
  sync_disk(disk);
  for (uint64_t at = 0; at < manifest->raw_size; at += PIECE_BYTES) {
    uint64_t left = manifest->raw_size - at;
    size_t length = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;
    read_disk(disk, piece, length, at);
    EVP_DigestUpdate(digest, piece, length);
  }
  end_digest(digest);
}
