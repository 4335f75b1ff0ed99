/* What the exported functions have in common. */
#ifndef OPENHOOK_INTERPOSE_H
#define OPENHOOK_INTERPOSE_H

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>

/* The definition that would have been called without this library: the C library's, or that of another preloaded
 * one. It is there, or the program could not have been linked. Looked up once; two threads that do so at the same
 * time find the same. */
#define NEXT(function)                                                                           \
  ({                                                                                             \
    static __typeof__(&function) found;                                                          \
    __typeof__(&function) next = __atomic_load_n(&found, __ATOMIC_RELAXED);                      \
    if (next == NULL) {                                                                          \
      next = (__typeof__(&function))dlsym(RTLD_NEXT, #function);                                 \
      __atomic_store_n(&found, next, __ATOMIC_RELAXED);                                          \
    }                                                                                            \
    next;                                                                                        \
  })

enum hook { HOOK_PASSES, HOOK_ANSWERED };

/* Opens `name` through the broker if it is a managed name. HOOK_ANSWERED: *result is a descriptor, or -1 and errno is
 * set. HOOK_PASSES: the next definition is to be called, as if this library were not there. */
enum hook hook_open(int directory, const char *name, int flags, mode_t mode, int *result);

#endif
