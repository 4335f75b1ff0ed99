#define _GNU_SOURCE 1
#include "CAllocationCount.h"
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's own, under the names that it exports for whoever stands before them. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static _Atomic uint64_t own_count;
static _Atomic uint64_t *_Atomic count = &own_count;

static void count_one(void) { atomic_fetch_add_explicit(count, 1, memory_order_relaxed); }

void *malloc(size_t size) {
  count_one();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count_one();
  return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
  count_one();
  return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  count_one();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **place, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) || (alignment & (alignment - 1)) || !alignment) return EINVAL;
  void *made = memalign(alignment, size);
  if (!made) return ENOMEM;
  *place = made;
  return 0;
}

int32_t ac_publish(void) {
  const char *name = getenv("OPENHOOK_ALLOCATIONS");
  if (!name) return 0;
  int file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return -errno;
  void *place = MAP_FAILED;
  if (ftruncate(file, sizeof own_count) == 0)
    place = mmap(NULL, sizeof own_count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  int error = place == MAP_FAILED ? -errno : 0;
  close(file);
  if (error < 0) return error;
  _Atomic uint64_t *shared = place;
  atomic_store(shared, atomic_load(&own_count));
  atomic_store(&count, shared);
  return 0;
}
