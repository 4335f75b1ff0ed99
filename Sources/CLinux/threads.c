#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <limits.h>

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

static uint32_t *at(oh_word word) { return (uint32_t *)word; }

oh_word oh_word_make(void) {
  uint32_t *word = calloc(1, sizeof *word);
  if (!word) abort();
  return (oh_word)word;
}

void oh_word_free(oh_word word) { free(at(word)); }

uint32_t oh_word_load(oh_word word) { return __atomic_load_n(at(word), __ATOMIC_ACQUIRE); }

void oh_word_advance(oh_word word) {
  __atomic_fetch_add(at(word), 1, __ATOMIC_RELEASE);
  syscall(SYS_futex, at(word), FUTEX_WAKE | FUTEX_PRIVATE_FLAG, INT_MAX, NULL, NULL, 0);
}

void oh_word_wait(oh_word word, uint32_t seen, int64_t deadline) {
  struct timespec limit = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
  /* FUTEX_WAIT_BITSET takes an absolute time of CLOCK_MONOTONIC. */
  syscall(SYS_futex, at(word), FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, seen, deadline < 0 ? NULL : &limit, NULL,
          FUTEX_BITSET_MATCH_ANY);
}
