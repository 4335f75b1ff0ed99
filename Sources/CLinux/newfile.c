#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

int32_t oh_rename_new(const char *from, const char *to) {
  return oh_result(syscall(SYS_renameat2, -100 /* AT_FDCWD */, from, -100, to, RENAME_NOREPLACE));
}

int32_t oh_sync(int32_t fd) { return oh_result(fsync(fd)); }
