#define _GNU_SOURCE
#include "disk.h"
#include "fault.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZERO_BYTES (1024 * 1024)
static unsigned char zeros[ZERO_BYTES];

int open_disk(const char *path) {
  int disk = open(path, O_RDWR | O_CLOEXEC);
  if (disk < 0) fail(STATUS_DISK, "%s cannot be opened", path);
  return disk;
}

void write_disk(int disk, const unsigned char *bytes, size_t length, uint64_t offset) {
  for (size_t done = 0; done < length;) {
    ssize_t written = pwrite(disk, bytes + done, length - done, (off_t)(offset + done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(STATUS_DISK, "the disk refused a write at byte %llu", (unsigned long long)(offset + done));
    done += (size_t)written;
  }
  /* The disk begins at once, so that the last sync has little left to wait for. */
  (void)sync_file_range(disk, (off_t)offset, (off_t)length, SYNC_FILE_RANGE_WRITE);
}

void zero_disk(int disk, uint64_t offset, uint64_t length) {
  struct stat status;
  uint64_t range[2] = {offset, length};
  if (fstat(disk, &status) != 0) fail(STATUS_DISK, "the disk cannot be asked what it is");
  /* The kernel has the disk do it, or writes zeros itself. A discard alone may leave what was there (blkdiscard(8)). */
  if (S_ISBLK(status.st_mode) && ioctl(disk, BLKZEROOUT, range) == 0) return;
  if (S_ISREG(status.st_mode) && fallocate(disk, FALLOC_FL_ZERO_RANGE, (off_t)offset, (off_t)length) == 0) return;
  errno = 0;
  for (uint64_t done = 0; done < length; done += ZERO_BYTES) {
    uint64_t left = length - done;
    write_disk(disk, zeros, left < ZERO_BYTES ? (size_t)left : ZERO_BYTES, offset + done);
  }
}

void sync_disk(int disk) {
  if (fsync(disk) != 0) fail(STATUS_DISK, "the disk did not keep what was written");
}

void read_disk(int disk, unsigned char *bytes, size_t length, uint64_t offset) {
  (void)posix_fadvise(disk, (off_t)offset, (off_t)length, POSIX_FADV_DONTNEED);
  for (size_t done = 0; done < length;) {
    ssize_t got = pread(disk, bytes + done, length - done, (off_t)(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail(STATUS_DISK, "the disk cannot be read at byte %llu", (unsigned long long)(offset + done));
    done += (size_t)got;
  }
}
