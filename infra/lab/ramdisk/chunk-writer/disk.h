#ifndef DISK_H
#define DISK_H

#include <stdint.h>
#include <stddef.h>

/* A disk, a partition or (in tests) a file, opened for writing. Each call ends the program with STATUS_DISK if it fails. */
int open_disk(const char *path);
void write_disk(int disk, const unsigned char *bytes, size_t length, uint64_t offset);
void zero_disk(int disk, uint64_t offset, uint64_t length);

/* What was written lies on the disk, not in a cache. */
void sync_disk(int disk);

/* Reads from the disk itself, not from what the kernel remembers of it; call after `sync_disk`. */
void read_disk(int disk, unsigned char *bytes, size_t length, uint64_t offset);

#endif
