#include "fault.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fail(enum status status, const char *format, ...) {
  int cause = errno;
  va_list values;
  va_start(values, format);
  fputs("chunk-writer: ", stderr);
  vfprintf(stderr, format, values);
  va_end(values);
  if (cause != 0) fprintf(stderr, ": %s", strerror(cause));
  fputc('\n', stderr);
  exit(status);
}

void *allocate(void *memory, size_t bytes) {
  void *grown = realloc(memory, bytes);
  if (grown == NULL) fail(STATUS_INPUT, "no memory for %zu bytes", bytes);
  return grown;
}
