#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <sys/resource.h>

int32_t oh_limit_process(int32_t pid, uint64_t memory, uint64_t seconds) {
  struct rlimit limit = {.rlim_cur = memory, .rlim_max = memory};
  if (prlimit(pid, RLIMIT_AS, &limit, NULL) < 0) return -errno;
  limit = (struct rlimit){.rlim_cur = seconds, .rlim_max = seconds};
  if (prlimit(pid, RLIMIT_CPU, &limit, NULL) < 0) return -errno;
  limit = (struct rlimit){.rlim_cur = 0, .rlim_max = 0};
  if (prlimit(pid, RLIMIT_FSIZE, &limit, NULL) < 0) return -errno;
  return oh_result(prlimit(pid, RLIMIT_CORE, &limit, NULL));
}
