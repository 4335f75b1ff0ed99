#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int32_t oh_memory_file(const char *name) { return oh_result(memfd_create(name, MFD_CLOEXEC)); }

int64_t oh_read_at(int32_t fd, void *bytes, size_t count, int64_t offset) {
  return oh_result64(pread(fd, bytes, count, (off_t)offset));
}

int32_t oh_write_at(int32_t fd, const void *bytes, size_t count, int64_t offset) {
  ssize_t put = pwrite(fd, bytes, count, (off_t)offset);
  if (put < 0) return -errno;
  return (size_t)put == count ? 0 : -EIO;
}

int32_t oh_shared_memory(const char *name, uint64_t size) {
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return -errno;
  /* Whoever maps it must not be killed by SIGBUS, because somebody has made it shorter. */
  if (ftruncate(fd, (off_t)size) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
    int failed = errno;
    close(fd);
    return -failed;
  }
  return fd;
}

int32_t oh_map(int32_t fd, uint64_t size, uint64_t *address) {
  struct stat found;
  if (fstat(fd, &found) < 0) return -errno;
  if (found.st_size < (off_t)size) return -EINVAL;
  void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED) return -errno;
  *address = (uint64_t)(uintptr_t)mapped;
  return 0;
}

void oh_unmap(uint64_t address, uint64_t size) { munmap((void *)(uintptr_t)address, size); }
