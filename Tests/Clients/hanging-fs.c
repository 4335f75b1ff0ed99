/* A FUSE file system for tests, on /dev/fuse itself, whose operations hang on request. Linux, as root.
 *
 *   hanging-fs DIRECTORY
 *
 * The file system has one file, `disk.img`, of 4096 zero bytes. It prints `mounted` and then reads commands, a line each,
 * from standard input, and answers each with the same line:
 *
 *   hang open | hang lookup | hang flush    from now on these requests get no answer
 *   fail truncate                           from now on no file is truncated: ENOSPC
 *   release                                 answers all that were held, and holds and fails no more
 *
 * At the end of its input it unmounts and ends. When it is killed the kernel ends the connection, and what hung fails. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FILE_NODE = 2, FILE_SIZE = 4096, MOST_HELD = 256 };

static int device;
static int hang_open, hang_lookup, hang_flush, fail_truncate;
static struct held { uint64_t unique; uint32_t opcode; } held[MOST_HELD];
static size_t held_count;

static void reply(uint64_t unique, int error, const void *data, size_t size) {
  struct fuse_out_header header = {.len = (uint32_t)(sizeof header + size), .error = -error, .unique = unique};
  struct iovec parts[] = {{&header, sizeof header}, {(void *)data, size}};
  if (writev(device, parts, size ? 2 : 1) < 0 && errno != ENOENT) perror("hanging-fs: writev");
}

static struct fuse_attr attributes(uint64_t node) {
  struct fuse_attr a = {.ino = node, .nlink = 1, .blksize = 4096};
  a.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644;
  if (node == FILE_NODE) a.size = FILE_SIZE;
  return a;
}

static void reply_attributes(uint64_t unique, uint64_t node) {
  struct fuse_attr_out out = {.attr_valid = 0, .attr = attributes(node)};
  reply(unique, 0, &out, sizeof out);
}

static void reply_entry(uint64_t unique) {
  struct fuse_entry_out out = {.nodeid = FILE_NODE, .generation = 1, .attr = attributes(FILE_NODE)};
  reply(unique, 0, &out, sizeof out);
}

static void reply_open(uint64_t unique) {
  struct fuse_open_out out = {.fh = 1, .open_flags = FOPEN_DIRECT_IO};
  reply(unique, 0, &out, sizeof out);
}

static void reply_init(uint64_t unique, const struct fuse_init_in *in) {
  struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
                              .max_readahead = in->max_readahead, .max_write = 65536, .max_background = 64,
                              .congestion_threshold = 48, .time_gran = 1};
  if (in->minor < out.minor) out.minor = in->minor;
  reply(unique, 0, &out, sizeof out);
}

static void answer(uint64_t unique, uint32_t opcode) {
  switch (opcode) {
  case FUSE_LOOKUP: reply_entry(unique); break;
  case FUSE_OPEN: reply_open(unique); break;
  default: reply(unique, 0, NULL, 0); break;
  }
}

static int hangs(uint32_t opcode) {
  return (opcode == FUSE_OPEN && hang_open) || (opcode == FUSE_LOOKUP && hang_lookup) || (opcode == FUSE_FLUSH && hang_flush);
}

static void serve(const char *request) {
  static const char zeros[FILE_SIZE];
  const struct fuse_in_header *header = (const void *)request;
  const void *body = header + 1;
  if (hangs(header->opcode) && held_count < MOST_HELD) {
    held[held_count++] = (struct held){header->unique, header->opcode};
    return;
  }
  switch (header->opcode) {
  case FUSE_INIT: reply_init(header->unique, body); break;
  case FUSE_GETATTR: reply_attributes(header->unique, header->nodeid); break;
  case FUSE_SETATTR:
    if (fail_truncate) reply(header->unique, ENOSPC, NULL, 0);
    else reply_attributes(header->unique, header->nodeid);
    break;
  case FUSE_LOOKUP:
    if (strcmp(body, "disk.img") == 0) reply_entry(header->unique);
    else reply(header->unique, ENOENT, NULL, 0);
    break;
  case FUSE_OPEN: case FUSE_OPENDIR: reply_open(header->unique); break;
  case FUSE_READ: {
    const struct fuse_read_in *in = body;
    size_t rest = in->offset < FILE_SIZE ? FILE_SIZE - in->offset : 0;
    reply(header->unique, 0, zeros, rest < in->size ? rest : in->size);
    break;
  }
  case FUSE_WRITE: {
    struct fuse_write_out out = {.size = ((const struct fuse_write_in *)body)->size};
    reply(header->unique, 0, &out, sizeof out);
    break;
  }
  case FUSE_READDIR: reply(header->unique, 0, NULL, 0); break;
  case FUSE_FLUSH: case FUSE_RELEASE: case FUSE_RELEASEDIR: reply(header->unique, 0, NULL, 0); break;
  case FUSE_FORGET: case FUSE_BATCH_FORGET: case FUSE_INTERRUPT: break; /* no reply is expected */
  default: reply(header->unique, ENOSYS, NULL, 0); break;
  }
}

static void obey(const char *line) {
  if (strcmp(line, "hang open") == 0) hang_open = 1;
  else if (strcmp(line, "hang lookup") == 0) hang_lookup = 1;
  else if (strcmp(line, "hang flush") == 0) hang_flush = 1;
  else if (strcmp(line, "fail truncate") == 0) fail_truncate = 1;
  else if (strcmp(line, "release") == 0) {
    hang_open = hang_lookup = hang_flush = fail_truncate = 0;
    for (size_t i = 0; i < held_count; i++) answer(held[i].unique, held[i].opcode);
    held_count = 0;
  } else {
    fprintf(stderr, "hanging-fs: unknown command\n");
    exit(2);
  }
  printf("%s\n", line);
  fflush(stdout);
}

/* One byte at a time: nothing of the next command may be left in a buffer while poll(2) waits for it. */
static int read_command(char *line, size_t room) {
  size_t count = 0;
  char byte;
  while (read(0, &byte, 1) == 1) {
    if (byte == '\n') { line[count] = 0; return 1; }
    if (count + 1 < room) line[count++] = byte;
  }
  return 0;
}

int main(int count, char **words) {
  static char request[FUSE_MIN_READ_BUFFER + 65536 + 4096];
  char options[96], line[64];
  if (count != 2) { fprintf(stderr, "usage: hanging-fs DIRECTORY\n"); return 2; }
  device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (device < 0) { perror("/dev/fuse"); return 3; }
  snprintf(options, sizeof options, "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other", device);
  if (mount("hanging", words[1], "fuse.hanging", MS_NOSUID | MS_NODEV, options) < 0) { perror("mount"); return 3; }
  int told = 0;
  for (;;) {
    struct pollfd entries[] = {{device, POLLIN, 0}, {0, POLLIN, 0}};
    if (poll(entries, 2, -1) < 0) break;
    if (entries[0].revents) {
      ssize_t got = read(device, request, sizeof request);
      if (got < 0 && errno == ENODEV) break; /* unmounted */
      if (got > 0) {
        serve(request);
        if (!told) { printf("mounted\n"); fflush(stdout); told = 1; }
      }
    }
    if (entries[1].revents) {
      if (!read_command(line, sizeof line)) break;
      obey(line);
    }
  }
  umount2(words[1], MNT_DETACH);
  return 0;
}
