// LD_PRELOAD: counts the calls by which a process changes files under a folder, and fails one of them, or all from one on.
//
//   FAULT_UNDER  the folder, absolute            FAULT_IN    only processes whose command line holds this
//   FAULT_AT     which call, from 1              FAULT_KIND  ENOSPC, EDQUOT, EIO, EROFS, EINTR or short (half of the bytes are written)
//   FAULT_EVER   set: that call and all after    FAULT_ROUND a change begins the count anew
//   FAULT_LOG    a file that gets a line a call: its number, its name, its path, and "fails" where it does
//   FAULT_READ   a part of a path: FAULT_READ_CALL (open or pread) of such a file fails with FAULT_READ_KIND (EIO, ESTALE, EACCES, EMFILE)
//   FAULT_CLOCK  seconds; the wall clock is so much ahead at each second reading, and so much behind at the others
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int count;
static char round_of_count[32];

static int is_meant(void) {
  static int known = -1;
  const char *in = getenv("FAULT_IN");
  if (!in) return 1;
  if (known >= 0) return known;
  char line[8192];
  int file = syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY);
  long length = syscall(SYS_read, file, line, sizeof line - 1);
  syscall(SYS_close, file);
  for (long i = 0; i < length; i++) if (line[i] == 0) line[i] = ' ';
  line[length > 0 ? length : 0] = 0;
  return known = strstr(line, in) != NULL;
}

static void note(int number, const char *call, const char *path, int fails) {
  const char *log = getenv("FAULT_LOG");
  if (!log) return;
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%d %s %s%s\n", number, call, path, fails ? " fails" : "");
  int file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  syscall(SYS_write, file, line, length);
  syscall(SYS_close, file);
}

// The errno with which this call is to fail, -1 for a short write, 0 for none.
static int fault(const char *call, const char *path, int is_write) {
  const char *under = getenv("FAULT_UNDER"), *kind = getenv("FAULT_KIND"), *at = getenv("FAULT_AT"), *round = getenv("FAULT_ROUND");
  if (!under || !kind || !at) return 0;
  char absolute[2 * PATH_MAX];
  if (path[0] != '/') {
    char folder[PATH_MAX];
    if (syscall(SYS_getcwd, folder, sizeof folder) < 0) return 0;
    snprintf(absolute, sizeof absolute, "%s/%s", folder, path);
    path = absolute;
  }
  if (strncmp(path, under, strlen(under)) != 0 || !is_meant()) return 0;
  int is_short = strcmp(kind, "short") == 0;
  if (is_short && !is_write) return 0;
  if (round && strcmp(round, round_of_count) != 0) {
    snprintf(round_of_count, sizeof round_of_count, "%s", round);
    __atomic_store_n(&count, 0, __ATOMIC_SEQ_CST);
  }
  int number = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
  int fails = getenv("FAULT_EVER") ? number >= atoi(at) : number == atoi(at);
  note(number, call, path, fails);
  if (!fails) return 0;
  return is_short ? -1 : !strcmp(kind, "ENOSPC") ? ENOSPC : !strcmp(kind, "EDQUOT") ? EDQUOT : !strcmp(kind, "EROFS") ? EROFS : !strcmp(kind, "EINTR") ? EINTR : EIO;
}

static int fault_of_file(const char *call, int file, int is_write) {
  if (!getenv("FAULT_UNDER")) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  if (length <= 0 || path[0] != '/') return 0;
  path[length] = 0;
  return fault(call, path, is_write);
}

// The errno with which opening or reading this file is to fail, 0 for none.
static int read_fault(const char *call, const char *path) {
  const char *part = getenv("FAULT_READ"), *kind = getenv("FAULT_READ_KIND"), *meant = getenv("FAULT_READ_CALL");
  if (!part || !kind || !meant || strcmp(call, meant) != 0 || !strstr(path, part)) return 0;
  return !strcmp(kind, "ESTALE") ? ESTALE : !strcmp(kind, "EACCES") ? EACCES : !strcmp(kind, "EMFILE") ? EMFILE : EIO;
}

static int read_fault_of_file(int file) {
  if (!getenv("FAULT_READ")) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return read_fault("pread", path);
}

#define FAIL_IF(expression) do { int fault_ = (expression); if (fault_ > 0) { errno = fault_; return -1; } } while (0)
#define HALF(length) ((length) > 1 ? (length) / 2 : (length))

ssize_t write(int file, const void *bytes, size_t length) {
  int fault_ = fault_of_file("write", file, 1);
  if (fault_ > 0) { errno = fault_; return -1; }
  return REAL(write)(file, bytes, fault_ < 0 ? HALF(length) : length);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) {
  int fault_ = fault_of_file("pwrite", file, 1);
  if (fault_ > 0) { errno = fault_; return -1; }
  return REAL(pwrite64)(file, bytes, fault_ < 0 ? HALF(length) : length, at);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) { return pwrite64(file, bytes, length, at); }

ssize_t writev(int file, const struct iovec *parts, int count_) {
  int fault_ = fault_of_file("writev", file, 1);
  if (fault_ > 0) { errno = fault_; return -1; }
  if (fault_ < 0) return REAL(write)(file, parts[0].iov_base, HALF(parts[0].iov_len));
  return REAL(writev)(file, parts, count_);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count_, off64_t at) {
  int fault_ = fault_of_file("pwritev", file, 1);
  if (fault_ > 0) { errno = fault_; return -1; }
  if (fault_ < 0) return REAL(pwrite64)(file, parts[0].iov_base, HALF(parts[0].iov_len), at);
  return REAL(pwritev64)(file, parts, count_, at);
}

ssize_t pwritev(int file, const struct iovec *parts, int count_, off_t at) { return pwritev64(file, parts, count_, at); }

ssize_t pread64(int file, void *bytes, size_t length, off64_t at) { FAIL_IF(read_fault_of_file(file)); return REAL(pread64)(file, bytes, length, at); }
ssize_t pread(int file, void *bytes, size_t length, off_t at) { return pread64(file, bytes, length, at); }

int fsync(int file) { FAIL_IF(fault_of_file("fsync", file, 0)); return REAL(fsync)(file); }
int fdatasync(int file) { FAIL_IF(fault_of_file("fdatasync", file, 0)); return REAL(fdatasync)(file); }
int ftruncate64(int file, off64_t length) { FAIL_IF(fault_of_file("ftruncate", file, 0)); return REAL(ftruncate64)(file, length); }
int ftruncate(int file, off_t length) { return ftruncate64(file, length); }
int mkdir(const char *path, mode_t mode) { FAIL_IF(fault("mkdir", path, 0)); return REAL(mkdir)(path, mode); }
int link(const char *from, const char *to) { FAIL_IF(fault("link", to, 0)); return REAL(link)(from, to); }
int rename(const char *from, const char *to) { FAIL_IF(fault("rename", to, 0)); return REAL(rename)(from, to); }
int unlink(const char *path) { FAIL_IF(fault("unlink", path, 0)); return REAL(unlink)(path); }

int open64(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & (O_CREAT | O_TMPFILE)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT)) FAIL_IF(fault("open", path, 0));
  else FAIL_IF(read_fault("open", path));
  return REAL(open64)(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & (O_CREAT | O_TMPFILE)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return open64(path, flags, mode);
}

static long clock_offset(void) {
  static int readings;
  const char *seconds = getenv("FAULT_CLOCK");
  if (!seconds) return 0;
  return __atomic_add_fetch(&readings, 1, __ATOMIC_SEQ_CST) % 2 ? atol(seconds) : -atol(seconds);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += clock_offset();
  return result;
}

int gettimeofday(struct timeval *time, void *zone) {
  int result = syscall(SYS_gettimeofday, time, zone);
  if (result == 0 && time) time->tv_sec += clock_offset();
  return result;
}
