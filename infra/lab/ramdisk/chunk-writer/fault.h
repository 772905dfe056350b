#ifndef FAULT_H
#define FAULT_H

#include <stddef.h>

/* How chunk-writer ends. */
enum status {
  STATUS_DONE = 0,    /* everything asked for was done */
  STATUS_LACKING = 1, /* some chunk is missing or wrong: `gaps` says which */
  STATUS_INPUT = 2,   /* the command line, the manifest or the state file is wrong */
  STATUS_DISK = 3,    /* the disk refused to be read or written */
};

/* Ends the program with a sentence on standard error; says what the system said where `errno` is set. */
_Noreturn void fail(enum status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `realloc` that does not fail. */
void *allocate(void *memory, size_t bytes);

#endif
