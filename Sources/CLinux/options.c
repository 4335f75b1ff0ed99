#define _GNU_SOURCE 1
#include "CLinux.h"
#include <getopt.h>
#include <stdlib.h>

enum { most = 32 };

int32_t oh_next_option(int32_t count, char *const *arguments, const struct oh_option *options, size_t option_count,
                       const char **value, const char **bad, int32_t *index) {
  struct option table[most + 1] = {0};
  for (size_t i = 0; i < option_count && i < most; i++)
    table[i] = (struct option){options[i].name, options[i].takes_value ? required_argument : no_argument, NULL, options[i].code};
  opterr = 0;
  int code = getopt_long(count, arguments, ":h", table, NULL);
  *value = optarg;
  *bad = (code == '?' || code == ':') ? arguments[optind - 1] : NULL;
  *index = optind;
  return code;
}
