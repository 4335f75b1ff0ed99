#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

struct start { void (*body)(void *); void *argument; };

static void *run(void *raw) {
  struct start start = *(struct start *)raw;
  free(raw);
  start.body(start.argument);
  return NULL;
}

int32_t oh_thread_start(void (*body)(void *), void *argument, size_t stack) {
  struct start *start = malloc(sizeof *start);
  if (!start) return -ENOMEM;
  *start = (struct start){body, argument};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, stack);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, run, start);
  pthread_attr_destroy(&attributes);
  if (error) free(start);
  return -error;
}

int32_t oh_unshare_descriptors(void) { return oh_result(unshare(CLONE_FILES)); }
