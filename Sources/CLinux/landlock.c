#define _GNU_SOURCE 1
#include "CLinux.h"
#include "result.h"
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct landlock_ruleset_attr of version 6, newer than Debian 12's headers. An older kernel takes it as long as what it
 * does not know is 0 (landlock_create_ruleset(2)). */
struct ruleset_attributes { uint64_t handled_access_fs, handled_access_net, scoped; };

int32_t oh_landlock_ruleset(uint64_t handled_rights, uint64_t scopes) {
  struct ruleset_attributes attributes = {.handled_access_fs = handled_rights, .scoped = scopes};
  return oh_result(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
}

int32_t oh_landlock_allow(int32_t ruleset, int32_t object, uint64_t rights) {
  struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = object};
  return oh_result(syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
}

int32_t oh_landlock_restrict(int32_t ruleset) {
  return oh_result(syscall(SYS_landlock_restrict_self, ruleset, 0));
}

int32_t oh_landlock_version(void) {
  return oh_result(syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION));
}
