# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes of a recording on the disk, also when it fills up."""
import contextlib
import os
import stat

import h5py

_BEING_WRITTEN = set()  # (device, inode) of the files that this process records into


class WriteError(OSError):
    """A recording could not be written on."""


def _open_in_h5py(path):
    """Whether this process has the file open through h5py."""
    for opened in h5py.h5f.get_obj_ids(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_FILE):
        try:
            if os.path.samefile(h5py.h5f.get_name(opened), path):
                return True
        except (OSError, ValueError):  # a file that has no path
            continue
    return False


def _is_dump(path):
    """Whether it is a dump of NormScope's, whose format stands near the beginning; an empty file holds nothing to lose."""
    with open(path, "rb") as file:
        head = file.read(1 << 20)
    return not head or (b"\x89HDF\r\n\x1a\n" in head and b"normscope-dump" in head)


def _open_new(path):
    """An empty file, unbuffered, in the place of what was there."""
    if os.path.exists(path):
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise OSError(f"{path}: expected a file or a new name, found something else of that name")
        if not _is_dump(path):
            raise OSError(f"{path}: expected a dump to replace, or a new name, found a file of another kind; choose another "
                          "name, or remove it first")
        if _open_in_h5py(path):
            raise OSError(f"{path}: expected a file that is not open, found it open in this process; close it or "
                          "record into another")
    opened = open(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666), "r+b", buffering=0)
    if _identity(opened) in _BEING_WRITTEN:
        opened.close()
        raise OSError(f"{path}: expected a file that nothing else is recorded into, found another recorder's; "
                      "give each its own")
    opened.truncate(0)
    return opened


def _identity(opened):
    told = os.fstat(opened.fileno())
    return told.st_dev, told.st_ino


class BytesOnDisk:
    """A file for h5py's driver of Python files. Towards HDF5 it never fails, since HDF5 can neither go on nor close after
    a failed write: the first error is kept in `error`, and nothing reaches the disk from then on.

    Outside of `flushing` HDF5 writes only what no reader finds yet. In it new blocks are written first, old ones changed
    when all of them are on the disk; the file has no holes. So a disk that is full leaves what was flushed before."""

    ZEROS = bytes(1 << 16)

    def __init__(self, path):
        self.path, self.error, self.process = os.fspath(path), None, os.getpid()
        self.disk = _open_new(self.path)
        self.identity = _identity(self.disk)
        _BEING_WRITTEN.add(self.identity)
        self.at = self.end = 0  # where HDF5 reads and writes; the end on the disk
        self.held, self.length = None, None  # writes of the flush that goes on: (offset, bytes); how long it leaves the file

    # --- what h5py calls -----------------------------------------------------------------------------------------

    def seek(self, offset, whence=os.SEEK_SET):
        self.at = offset + (self.end if whence == os.SEEK_END else 0)
        return self.at

    def tell(self):
        return self.at

    def read(self, size):
        buffer = bytearray(size)
        self.readinto(buffer)
        return bytes(buffer)

    def readinto(self, buffer):
        size = len(buffer)
        self.disk.seek(self.at)
        found = self.disk.read(size)
        buffer[: len(found)] = found
        buffer[len(found) :] = bytes(size - len(found))
        for offset, data in self.held or ():  # later ones over earlier ones
            first, last = max(offset, self.at), min(offset + len(data), self.at + size)
            if first < last:
                buffer[first - self.at : last - self.at] = data[first - offset : last - offset]
        return size

    def write(self, data):
        if self.held is None:
            self._put(self.at, data)
        else:
            self.held.append((self.at, bytes(data)))
        return len(data)

    def truncate(self, size):
        self.length = size

    def flush(self):
        pass

    # --- what the dump calls -------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def flushing(self):
        """Around a flush of HDF5, and around its closing."""
        self.held = [] if self.held is None else self.held
        try:
            yield
        finally:
            self._commit()

    def close(self):
        _BEING_WRITTEN.discard(self.identity)
        try:
            self.disk.close()
        except OSError as error:  # some network drives tell only now
            self.error = self.error or error

    # -------------------------------------------------------------------------------------------------------------

    def _commit(self):
        held, end = self.held, self.end
        for offset, data in held:
            if offset + len(data) > end:
                self._put(max(offset, end), data[max(0, end - offset) :])
        self._fill(self.length or 0)
        changes = [(offset, data[: end - offset]) for offset, data in held if offset < end]
        for offset, data in sorted(changes, key=lambda change: change[0] == 0):  # the file's first block comes last
            self._put(offset, data)
        if not self.error:
            self.held = None
            self._cut()

    def _put(self, offset, data):
        """Writes, unless something failed before, and unless this is a process that was forked from the recorder's."""
        self._fill(offset)
        if self.error or os.getpid() != self.process:
            return
        try:
            self.disk.seek(offset)
            self._write_all(memoryview(data).cast("B"))
            self.end = max(self.end, offset + len(data))
        except OSError as error:
            self.error, self.held = error, self.held or []  # what HDF5 still writes stays in memory

    def _fill(self, size):
        while self.end < size and not self.error and os.getpid() == self.process:
            end = self.end
            self._put(end, self.ZEROS[: size - end])

    def _write_all(self, data):
        while data:
            data = data[self.disk.write(data) :]

    def _cut(self):
        if self.length is not None and self.length < self.end and os.getpid() == self.process:
            self.disk.truncate(self.length)
            self.end = self.length
