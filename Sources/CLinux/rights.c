#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int32_t oh_become_user(uint32_t uid, uint32_t gid, const uint32_t *groups, size_t count) {
  if (setgroups(count, groups) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0) return -errno;
  uid_t users[3];
  gid_t own[3];
  if (getresuid(&users[0], &users[1], &users[2]) < 0 || getresgid(&own[0], &own[1], &own[2]) < 0) return -errno;
  for (int i = 0; i < 3; i++)
    if (users[i] != uid || own[i] != gid) return -EPERM;
  /* What was given up cannot be had again. */
  if (uid != 0 && (setresuid((uid_t)-1, 0, (uid_t)-1) == 0 || setgroups(0, NULL) == 0)) return -EPERM;
  return 0;
}

/* prctl(2) says EINVAL for a number behind the last capability. */
static int bounding_set_has(int capability) { return prctl(PR_CAPBSET_READ, capability, 0, 0, 0); }

int32_t oh_empty_bounding_set(void) {
  for (int capability = 0; bounding_set_has(capability) >= 0; capability++) {
    if (bounding_set_has(capability) == 1 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) return -errno;
  }
  return 0;
}

int32_t oh_drop_capabilities(void) {
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL) return -errno;
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
  memset(none, 0, sizeof none);
  return oh_result(syscall(SYS_capset, &header, none));
}

int32_t oh_has_capabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
  if (syscall(SYS_capget, &header, sets) < 0) return -errno;
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
    if (sets[i].effective | sets[i].permitted | sets[i].inheritable) return 1;
  /* A program that root executes gets what the bounding set has (capabilities(7)). */
  if (getuid() != 0 && geteuid() != 0) return 0;
  for (int capability = 0; bounding_set_has(capability) >= 0; capability++)
    if (bounding_set_has(capability) == 1) return 1;
  return 0;
}

int32_t oh_allow_tracer(int32_t pid) {
#ifndef PR_SET_PTRACER
#define PR_SET_PTRACER 0x59616d61
#endif
  return oh_result(prctl(PR_SET_PTRACER, pid, 0, 0, 0));
}
